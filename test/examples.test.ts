import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { temporaryFolder } from './support/temporary-folder';

const folder = temporaryFolder();

test.each(['count-tasks', 'work-for-days'])(
  'the example %s starts as it says, and tells what is missing',
  async (name) => {
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', `examples/${name}.mts`, 'ro:mongodb03.lab.org/fireworks'],
      {
        env: { ...process.env, HOME: folder.path('.') },
      },
    );
    const ended = once(child, 'exit');
    let said = '';
    for await (const piece of child.stderr) {
      said += piece;
      if (said.includes('There is no token yet')) break;
    }
    child.kill('SIGKILL');
    await ended;
    expect(said).toContain('There is no token yet');
  },
);
