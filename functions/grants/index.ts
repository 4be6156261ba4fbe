import { fallback } from '../../shared/contract/routes';
import { listGrantsRoute } from '../../shared/contract/routes/list-grants';
import { whoAmIRoute } from '../../shared/contract/routes/who-am-i';
import { openFunction } from '../../shared/http/open-function';
import { on, serve } from '../../shared/http/serve';
import { answerRest } from './answer-rest';
import { listGrants } from './list-grants';
import { whoAmI } from './who-am-i';

const { deps, edge } = openFunction('grants');
const served = [
  on(listGrantsRoute, listGrants),
  on(whoAmIRoute, whoAmI),
  { key: fallback.key, hasPages: true, answer: answerRest },
];

export const handler = serve(served, deps, edge);
