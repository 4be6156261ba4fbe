import { BSON, type Document } from 'mongodb';
import { ServerError } from '../../values/errors';
import { isObject, truthy } from '../../values/values';
import { missingField } from '../arguments';
import type { Call } from '../command';

const mostStatements = 100_000;

/** The statements of a write command, each a document. */
export function statementsIn({ body, name }: Call, field: string): Document[] {
  const list: unknown = body[field];
  if (list === undefined) throw missingField(`${name}.${field}`);
  if (!Array.isArray(list))
    throw new ServerError(14, `BSON field '${name}.${field}' is the wrong type, expected 'array'`);
  if (list.length === 0 || list.length > mostStatements) {
    throw new ServerError(
      16,
      `Write batch sizes must be between 1 and ${mostStatements}. Got ${list.length} operations.`,
    );
  }
  const statements = list.filter(isObject);
  if (statements.length === list.length) return statements;
  throw new ServerError(14, `BSON field '${name}.${field}' must hold objects`);
}

/** Runs each statement; a failed one is reported by its index, and ends the command only if it is ordered. */
export async function runEach(
  { body, operation }: Call,
  statements: readonly Document[],
  run: (statement: Document, index: number) => void | Promise<void>,
): Promise<Document[]> {
  const writeErrors: Document[] = [];
  for (const [index, statement] of statements.entries()) {
    operation.check();
    try {
      await run(statement, index);
    } catch (error) {
      if (!(error instanceof ServerError) || endsCommand(error)) throw error;
      writeErrors.push({
        index: new BSON.Int32(index),
        code: new BSON.Int32(error.code),
        ...error.extra,
        errmsg: error.message,
      });
      if (body.ordered === undefined || truthy(body.ordered)) break;
    }
  }
  return writeErrors;
}

/** Interruptions, and refusals of the namespace, are no fault of one statement. */
function endsCommand({ code }: ServerError): boolean {
  return [50, 73, 279, 11601].includes(code);
}
