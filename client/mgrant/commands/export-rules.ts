import type { MgrantCommand } from '../mgrant-command';
import { plain } from '../plain';
import { Refused } from '../refused';

export function addExportRules(rules: MgrantCommand): void {
  rules
    .command('export')
    .description(
      'Prints the rules that you may see, and for admins the rulers, as a rules file. Applied again, it changes nothing. A rule that the service can not read is left out: then the exit status is 1.',
    )
    .examples('mgrant rules export > rules.yaml', 'mgrant rules export --json')
    .does(async (session) => {
      const listed = await session.ask('Reading the rules', async (client) => {
        const { admin } = await client.me();
        const [rules, rulers] = await Promise.all([client.rules(), admin ? client.rulers() : undefined]);
        return { rules, rulers };
      });
      const { exportRules } = await import('../../rules-file/export-rules');
      const { yamlText } = await import('../../rules-file/yaml-text');
      const { file, unreadable } = exportRules(listed);
      // In quotes, what is escaped still means the same.
      session.show(file, () => plain(yamlText(file)));
      if (unreadable.length > 0)
        throw new Refused(
          'export_incomplete',
          [
            'The file does not name what the service can not read. As long as it stays there, it denies. Plans leave it alone:',
            ...unreadable.map((name) => `  ${plain(name)}`),
          ].join('\n'),
        );
    });
}
