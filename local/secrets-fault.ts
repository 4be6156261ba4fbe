export type FaultType =
  | 'ResourceNotFoundException'
  | 'ResourceExistsException'
  | 'InvalidRequestException'
  | 'InvalidParameterException'
  | 'InvalidNextTokenException'
  | 'UnknownOperationException'
  | 'SerializationException';

/** A refusal in the words of Secrets Manager. Clients branch on the type; the status is always 400. */
export class SecretsFault extends Error {
  constructor(
    readonly type: FaultType,
    message: string,
  ) {
    super(message);
    this.name = type;
  }
}

export const invalidRequest = (message: string) => new SecretsFault('InvalidRequestException', message);
export const invalidParameter = (message: string) => new SecretsFault('InvalidParameterException', message);
