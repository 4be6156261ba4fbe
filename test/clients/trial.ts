import { isDeepStrictEqual } from 'node:util';
import type { Answer, Client, Question } from './client-process';
import type { Granted, Member } from './member';
import type { Check, Role, Step } from './steps';

const pipeline = [
  { $match: { n: { $lt: 100 } } },
  { $group: { _id: '$even', count: { $sum: 1 }, seen: { $sum: { $cond: ['$seen', 1, 0] } } } },
  { $sort: { _id: 1 } },
];

/** One client going through the steps, with logins for a database of its own. */
export class Trial {
  /** Nothing more can come of it. */
  over = false;
  private readonly granted = new Map<Role, Granted>();
  private formerPassword = '';

  constructor(
    private readonly client: Client,
    private readonly member: Member,
    private readonly host: string,
    readonly db: string,
  ) {}

  /** Undefined if the step went as it must, else what was expected and what was seen. */
  async take(step: Step): Promise<string | undefined> {
    try {
      return 'api' in step ? await this.call(step.api, step.as) : await this.check(step);
    } catch (error) {
      return `: ${error instanceof Error ? error.message : error}`;
    }
  }

  private async call(api: 'grant' | 'new password' | 'revoke', as: Role): Promise<undefined> {
    if (api === 'revoke') return void (await this.member.revoke(this.db, as));
    this.formerPassword = this.granted.get(as)?.password ?? '';
    this.granted.set(as, await this.member.grant(this.db, as));
  }

  private async check(check: Check): Promise<string | undefined> {
    const question = this.question(check);
    const answer = await this.client.ask(question);
    this.over = 'fault' in answer && check.does === 'open';
    const expected =
      check.refused === undefined
        ? { value: filled(check.sees, { $db: this.db, $login: `${question.username}@${this.db}` }) }
        : { code: check.refused };
    if (isDeepStrictEqual(comparable(answer), expected)) return undefined;
    return `: expected ${JSON.stringify(expected)}, seen ${JSON.stringify(answer)}`;
  }

  private question({ as, does, password, mechanism, elsewhere }: Check): Question {
    const granted = this.granted.get(as);
    if (!granted) throw new Error(`nothing was granted for ${as}`);
    const uri = new URL(granted.uri);
    if (password) uri.password = password === 'former' ? this.formerPassword : 'wrong';
    if (mechanism) uri.searchParams.set('authMechanism', mechanism);
    return {
      as,
      does,
      uri: uri.toString(),
      host: this.host,
      username: granted.username,
      password: granted.password,
      ...(elsewhere && { elsewhere: 'demo_elsewhere' }),
      count: 250,
      batchSize: 100,
      pipeline,
    };
  }

  tell(step: Step): string {
    if ('api' in step) return `${step.as}: ${step.api}, through the API`;
    const { as, does, password, mechanism, elsewhere, refused } = step;
    const how = [password && `with the ${password} password`, mechanism, elsewhere && 'on another database'];
    return [`${as}: ${does}`, ...how.filter(Boolean), ...(refused ? [`is refused with ${refused}`] : [])].join(' ');
  }
}

/** Words differ between servers; codes do not. */
const comparable = (answer: Answer): object => ('code' in answer ? { code: answer.code } : answer);

function filled(expected: unknown, names: Record<string, string>): unknown {
  if (typeof expected === 'string') return names[expected] ?? expected;
  return Array.isArray(expected) ? expected.map((one) => filled(one, names)) : expected;
}
