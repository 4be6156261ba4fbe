import type { RuleKey } from '../policy/policy';
import { keys } from './keys';

/** How a row that can't be read is called in answers: by where it lies, as all else about it is in doubt. */
export const rowName = ({ pk, sk }: { pk: unknown; sk: unknown }): string => `${pk} ${sk}`;

/** The name that a rule's row has where it can't be read. */
export const ruleRowName = (rule: RuleKey): string => rowName(keys.rule(rule));

/** The name that a ruler's row has where it can't be read. */
export const rulerRowName = (email: string): string => rowName(keys.ruler(email));

/** Whom a rule speaks about of which only the name is known. */
export const principalIn = (name: string): string => name.slice(keys.rules('').length, name.indexOf(' '));
