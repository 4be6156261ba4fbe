/** What the API calls by a route, as a command. */
const commands = new Map([
  ['GET /me', 'mgrant whoami'],
  ['POST /links', 'mgrant login you@lab.org --endpoint URL'],
  ['POST /grants', 'mgrant db HOST DB'],
  ['DELETE /grants', 'mgrant revoke HOST DB'],
  ['GET /rules', 'mgrant rules'],
  ['GET /rules/why', 'mgrant rules why ROLE:HOST/DB'],
  ['GET /rulers', 'mgrant rulers'],
]);

/** What the API says, for the command line: its routes become commands, and a sentence about any other route is left out. */
export function asCommands(detail: string): string {
  const told = detail.replace(/\b[A-Z]+ (?:\/[a-z]+)+/g, (route) => commands.get(route) ?? route);
  const sentences = told.split(/(?<=[.!?])(?=\s+[A-Z]|\n)/);
  const kept = sentences.filter((sentence) => !/\b(?:GET|POST|PUT|PATCH|DELETE) \//.test(sentence));
  return kept.join('').trimStart() || told;
}
