import { replies } from '../../../shared/contract/replies';
import { whoAmIRoute } from '../../../shared/contract/routes/who-am-i';
import { type ClientDeps, read } from '../api/ask-api';
import type { Me } from '../replies';

/** Who asks, and what the rules open to them. */
export const readMe = (api: ClientDeps): Promise<Me> => read(api, { route: whoAmIRoute, answer: replies.me });
