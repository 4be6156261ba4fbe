import type { RuleKey } from '../policy/policy';
import { keys } from './keys';

/** The name of an unreadable row in answers: its key, as nothing else in it is certain. */
export const rowName = ({ pk, sk }: { pk: unknown; sk: unknown }): string => `${pk} ${sk}`;

export const ruleRowName = (rule: RuleKey): string => rowName(keys.rule(rule));

export const rulerRowName = (email: string): string => rowName(keys.ruler(email));

/** The principal of a rule of which only the row's name is known. */
export const principalIn = (name: string): string => name.slice(keys.rules('').length, name.indexOf(' '));
