import type { Document } from 'mongodb';
import { typeName } from './values';

/** The names that a real server gives the codes in use; one without a name is shown as its place in the source. */
const codeNames: Readonly<Record<number, string>> = {
  1: 'InternalError',
  2: 'BadValue',
  4: 'NoSuchKey',
  9: 'FailedToParse',
  11: 'UserNotFound',
  13: 'Unauthorized',
  14: 'TypeMismatch',
  16: 'InvalidLength',
  17: 'ProtocolError',
  18: 'AuthenticationFailed',
  20: 'IllegalOperation',
  22: 'InvalidBSON',
  26: 'NamespaceNotFound',
  27: 'IndexNotFound',
  28: 'PathNotViable',
  31: 'RoleNotFound',
  40: 'ConflictingUpdateOperators',
  43: 'CursorNotFound',
  48: 'NamespaceExists',
  49: 'InvalidRoleModification',
  50: 'MaxTimeMSExpired',
  53: 'InvalidIdField',
  56: 'EmptyFieldName',
  59: 'CommandNotFound',
  66: 'ImmutableField',
  67: 'CannotCreateIndex',
  72: 'InvalidOptions',
  73: 'InvalidNamespace',
  85: 'IndexOptionsConflict',
  86: 'IndexKeySpecsConflict',
  76: 'NoReplicationEnabled',
  96: 'OperationFailed',
  115: 'CommandNotSupported',
  162: 'CollectionIsEmpty',
  183: 'ClientMetadataMissingField',
  184: 'ClientMetadataAppNameTooLarge',
  186: 'ClientMetadataCannotBeMutated',
  334: 'MechanismUnavailable',
  352: 'UnsupportedOpQueryCommand',
  10334: 'BSONObjectTooLarge',
  11000: 'DuplicateKey',
  11600: 'InterruptedAtShutdown',
  11601: 'Interrupted',
};

/** A refusal that the client is told about. Anything else that is thrown is a fault of this server (code 1). */
export class ServerError extends Error {
  constructor(
    readonly code: number,
    errmsg: string,
    /** Further fields of the reply. */
    readonly extra?: Document,
  ) {
    super(errmsg);
    this.name = 'ServerError';
  }
}

export function errorReply(error: unknown): Document {
  const { message, code, extra } =
    error instanceof ServerError ? error : new ServerError(1, `internal error: ${String(error)}`);
  return { ok: 0, errmsg: message, code, codeName: codeNames[code] ?? `Location${code}`, ...extra };
}

/** The refusal of an argument of another type. */
export function wrongType(field: string, expected: string, value: unknown): ServerError {
  return new ServerError(14, `"${field}" had the wrong type. Expected ${expected}, found ${typeName(value)}`);
}
