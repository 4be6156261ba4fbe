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
    const expected = this.expected(check, question.username);
    if (isDeepStrictEqual(comparable(answer, check), expected)) return undefined;
    return `: expected ${JSON.stringify(expected)}, seen ${JSON.stringify(answer)}`;
  }

  private expected({ refused, untrusting, sees }: Check, username: string): object {
    if (untrusting) return { fault: 'certificate' };
    if (refused !== undefined) return { code: refused };
    return { value: filled(sees, { $db: this.db, $login: `${username}@${this.db}` }) };
  }

  private question({ as, does, password, mechanism, elsewhere, untrusting }: Check): Question {
    const granted = this.granted.get(as);
    if (!granted) throw new Error(`nothing was granted for ${as}`);
    const uri = new URL(granted.uri);
    if (password) uri.password = password === 'former' ? this.formerPassword : 'wrong';
    if (mechanism) uri.searchParams.set('authMechanism', mechanism);
    if (untrusting) {
      uri.searchParams.delete('tlsCAFile');
      uri.searchParams.set('serverSelectionTimeoutMS', '1500');
    }
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
    if ('api' in step) return `${step.as}: ${step.api}, by mongogrant`;
    const { as, does, password, mechanism, elsewhere, refused, untrusting } = step;
    const how = [password && `with the ${password} password`, mechanism, elsewhere && 'on another database'];
    const outcome = [refused && `is refused with ${refused}`, untrusting && "without the host's authorities hangs up"];
    return [`${as}: ${does}`, ...how, ...outcome].filter(Boolean).join(' ');
  }
}

/** Words differ between servers and clients; codes do not, and each client names the certificate that it does not trust. */
function comparable(answer: Answer, { untrusting }: Check): object {
  if ('code' in answer) return { code: answer.code };
  return untrusting && 'fault' in answer && answer.fault.includes('certificate') ? { fault: 'certificate' } : answer;
}

function filled(expected: unknown, names: Record<string, string>): unknown {
  if (typeof expected === 'string') return names[expected] ?? expected;
  return Array.isArray(expected) ? expected.map((one) => filled(one, names)) : expected;
}
