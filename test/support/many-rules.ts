const hosts = ['mongodb01.lab.org', 'mongodb02.lab.org', 'mongodb03.lab.org:27020', 'db.cs.lab.org'];
const person = (at: number) => `person${at}@${at % 3 === 0 ? 'cs.lab.org' : 'lab.org'}`;

/** A rules file as a large lab has one: 1,000 rules by groups, single people and domains, denies among them, and 10 rulers. */
export function manyRules(): string {
  // 40 groups of 5 people with 2 databases on 2 hosts.
  const groups = Array.from({ length: 40 }, (_, group) => {
    const people = Array.from({ length: 5 }, (_, at) => person(group * 5 + at)).join(', ');
    return `  - email: [${people}]
    host: [${hosts[group % 4]}, ${hosts[(group + 1) % 4]}]
    db: [fw_group${group}_*, shared${group}]
    role: ${group % 2 ? 'read' : 'readWrite'}
    which: allow
    note: group ${group}`;
  });
  const singles = Array.from({ length: 150 }, (_, at) => {
    const terms = [
      'maxTtl: 7 d',
      'expires: 2027-06-30T00:00:00Z',
      'cidrs: [10.0.0.0/8, 192.0.2.0/24]',
      'note: for a while',
    ];
    return `  - {email: ${person(200 + at)}, host: ${hosts[at % 4]}, db: "p${at}_*", role: readWrite, which: allow, ${terms[at % 4]}}`;
  });
  const domains = Array.from({ length: 10 }, (_, at) => {
    return `  - {email: "*@lab.org", host: "*", db: public${at}, role: read, which: allow}`;
  });
  const denies = Array.from({ length: 40 }, (_, at) => {
    return `  - {email: ${at % 4 ? person(at) : '"*"'}, host: "*", db: secret${at}_*, role: ${at % 2 ? 'read' : 'readWrite'}, which: deny}`;
  });
  const rulers = Array.from({ length: 10 }, (_, at) => {
    return `  - {email: ${person(at)}, hosts: [${hosts[at % 4]}], dbs: [fw_group${at}_], emails: ["@lab.org", "@cs.lab.org"], which: ${at % 2 ? 'all' : '[allow]'}}`;
  });
  return `rules:\n${[...groups, ...singles, ...domains, ...denies].join('\n')}\nrulers:\n${rulers.join('\n')}\n`;
}
