/** What one message may weigh, in bytes. */
export const maxMessageSize = 48_000_000;
