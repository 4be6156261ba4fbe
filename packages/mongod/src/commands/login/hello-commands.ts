import { setTimeout as pause } from 'node:timers/promises';
import { BSON, type Document } from 'mongodb';
import { topologyVersionOf } from '../../state/server';
import { ServerError } from '../../values/errors';
import { maxMessageSize } from '../../values/limits';
import { isObject, numberIn, typeName } from '../../values/values';
import type { Call, Command } from '../command';
import { readClientMetadata } from './client-metadata';
import { early, saslStart, supportedMechanisms } from './sasl-commands';

export const helloCommands: readonly Command[] = [
  { name: 'hello', ...early, run: (call) => hello(call, 'isWritablePrimary') },
  { name: 'isMaster', aliases: ['ismaster'], ...early, run: (call) => hello(call, 'ismaster') },
];

async function hello(call: Call, primaryField: string): Promise<Document> {
  const { server, connection, body } = call;
  if (body.client !== undefined) {
    if (connection.saidHello) {
      throw new ServerError(186, 'The client metadata document may only be sent in the first hello');
    }
    connection.clientMetadata = readClientMetadata(body.client);
  }
  connection.saidHello = true;
  await awaitChange(call);
  const mechs =
    typeof body.saslSupportedMechs === 'string' ? supportedMechanisms(call, body.saslSupportedMechs) : undefined;
  const speculative = speculate(call);
  return {
    ...(body.helloOk === true && { helloOk: true }),
    [primaryField]: true,
    topologyVersion: topologyVersionOf(server),
    maxBsonObjectSize: 16 * 1024 * 1024,
    maxMessageSizeBytes: maxMessageSize,
    maxWriteBatchSize: 100_000,
    localTime: new Date(),
    logicalSessionTimeoutMinutes: 30,
    connectionId: connection.id,
    minWireVersion: 0,
    maxWireVersion: 21,
    readOnly: false,
    ...(mechs && { saslSupportedMechs: mechs }),
    ...(speculative && { speculativeAuthenticate: speculative }),
  };
}

/** A monitor waits for news of the topology; here there are none, so it waits its time or until its socket closes. */
async function awaitChange({ server, connection, body, takesMore }: Call): Promise<void> {
  const { topologyVersion } = body;
  if ((topologyVersion === undefined) !== (body.maxAwaitTimeMS === undefined)) {
    throw new ServerError(
      31368,
      topologyVersion === undefined
        ? "A request with 'maxAwaitTimeMS' must include a 'topologyVersion'"
        : "A request with a 'topologyVersion' must include 'maxAwaitTimeMS'",
    );
  }
  if (topologyVersion === undefined) {
    if (!takesMore) return;
    throw new ServerError(51756, "An isMaster or hello request with exhaust must specify 'maxAwaitTimeMS'");
  }
  if (isObject(topologyVersion) && !(topologyVersion.counter instanceof BSON.Long)) {
    const found = typeName(topologyVersion.counter);
    throw new ServerError(
      14,
      `BSON field 'hello.topologyVersion.counter' is the wrong type '${found}', expected type 'long'`,
    );
  }
  const wait = numberIn(body.maxAwaitTimeMS);
  if (wait === undefined || wait < 0) throw new ServerError(2, 'maxAwaitTimeMS must be a non-negative integer');
  // One from another run of this server is out of date already, which is news.
  const known = isObject(topologyVersion) && String(topologyVersion.processId) === String(server.processId);
  if (!known) return;
  await pause(Math.min(wait, 0x7fffffff), undefined, { signal: connection.signal }).catch(() => {});
}

/** The first step of a login inside the hello. If it fails, the client just does it again on its own, and sees why. */
function speculate({ server, connection, body }: Call): Document | undefined {
  const asked: unknown = body.speculativeAuthenticate;
  if (!isObject(asked) || asked.saslStart === undefined || typeof asked.db !== 'string') return undefined;
  try {
    return saslStart({ server, connection, db: asked.db, body: asked });
  } catch {
    return undefined;
  }
}
