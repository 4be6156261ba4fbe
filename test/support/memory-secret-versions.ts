import type { SecretVersions } from '../../shared/aws/secrets-manager';
import { newId } from '../../shared/tokens/tokens';

/** One secret whose rotation is switched on. */
export interface StoredSecret {
  id: string;
  /** By the version. */
  values: Map<string, string>;
  /** The version that has it, by the staging label. */
  labels: Map<string, string>;
}

/** The twin in memory of Secrets Manager as a rotation sees it. test/shared/aws/secret-versions-contract.test.ts holds both to the same promises. */
export function memorySecretVersions({ id: own, values, labels }: StoredSecret): SecretVersions {
  async function moveStage(
    _id: string,
    stage: string,
    { from, to }: { from: string | undefined; to: string | undefined },
  ): Promise<void> {
    if (labels.get(stage) !== from) throw new Error(`${from} has no label ${stage}`);
    if (to === undefined) labels.delete(stage);
    else labels.set(stage, to);
    if (stage === 'AWSCURRENT' && from !== undefined) labels.set('AWSPREVIOUS', from);
  }

  return {
    async get(id, stage = 'AWSCURRENT') {
      const version = id === own ? labels.get(stage) : undefined;
      const text = version && values.get(version);
      return text === undefined ? 'missing' : { text, version };
    },
    async describe() {
      const stages: Record<string, string[]> = {};
      for (const [label, version] of labels) stages[version] = [...(stages[version] ?? []), label];
      return { name: own, rotates: true, stages };
    },
    async fill(_id, version, text) {
      if (values.has(version)) return 'has a value';
      values.set(version, text);
      labels.set('AWSPENDING', version);
      return 'filled';
    },
    moveStage,
    async change(id, text, version) {
      const next = newId();
      values.set(next, text);
      if (labels.get('AWSCURRENT') !== version) return 'changed meanwhile';
      await moveStage(id, 'AWSCURRENT', { from: version, to: next });
      return 'changed';
    },
  };
}
