import type { ServerContext } from '../context.js';
import {
  described,
  json,
  PastReply,
  ReplyParams,
  StrengthAnswer,
  StrengthRequest,
} from '../schema/index.js';
import type { App } from './app.js';

/** /v1/graffiti/replies: what the memory did to a reply, and its strength while it is being made. */
export function replyRoutes(app: App, { replies }: ServerContext): void {
  const params = ReplyParams;
  const path = '/v1/graffiti/replies/:reply';
  const figures = described(
    'What the memory did to a reply',
    'Memory',
    { params },
    json(PastReply),
  );
  app.get(path, { schema: figures }, async ({ params: { reply } }) => replies.figures(reply));

  const change = described(
    'Change the strength of a running reply',
    'Memory',
    { params, body: StrengthRequest },
    json(StrengthAnswer),
  );
  app.patch(path, { schema: change }, async ({ params: { reply }, body: { strength } }) => {
    replies.setStrength(reply, strength);
    return { id: reply, strength };
  });
}
