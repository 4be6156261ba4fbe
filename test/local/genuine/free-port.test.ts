import { findFreePort, isFree } from '../../../local/genuine/free-port';
import { hostOf } from '../../../shared/contract/names';

test('a port is free, and stays in the name of a host', async () => {
  for (let n = 0; n < 300; n++) {
    const port = await findFreePort();
    expect([await isFree(port), hostOf(`localhost:${port}`)]).toEqual([true, `localhost:${port}`]);
  }
});
