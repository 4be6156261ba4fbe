import type { SessionId } from './session-id';

/** How long a session lives without use. */
export const sessionTimeout = 30 * 60_000;

export interface Session extends SessionId {
  lastUse: Date;
}

/** The sessions that clients have used lately. */
export class Sessions {
  private readonly byKey = new Map<string, Session>();

  /** Notes that the session is in use; an unknown one begins to exist. */
  use(session: SessionId, now = new Date()): void {
    const key = keyOf(session);
    // Put at the end, so that the oldest come first.
    this.byKey.delete(key);
    this.byKey.set(key, { ...session, lastUse: now });
    this.forgetOld(now);
  }

  end(session: SessionId): void {
    this.byKey.delete(keyOf(session));
  }

  all(now = new Date()): Session[] {
    this.forgetOld(now);
    return [...this.byKey.values()];
  }

  private forgetOld(now: Date): void {
    for (const [key, { lastUse }] of this.byKey) {
      if (now.getTime() - lastUse.getTime() < sessionTimeout) return;
      this.byKey.delete(key);
    }
  }
}

function keyOf({ id, uid }: SessionId): string {
  return `${id}.${uid}`;
}

export function sameSession(a: SessionId | undefined, b: SessionId | undefined): boolean {
  return a?.id === b?.id && a?.uid === b?.uid;
}
