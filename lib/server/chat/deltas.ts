import type { ReplyMessage, ToolCall } from '../../model/index.js';

/** A call in OpenAI's shape. */
export function wireCall({ id, name, arguments: given }: ToolCall) {
  return { id, type: 'function', function: { name, arguments: given } };
}

/** What of a growing message has been sent. */
export class MessageDeltas {
  private content = '';
  /** Of every call that was begun, its arguments so far. */
  private readonly calls: string[] = [];

  /**
   * The deltas from what was sent to `message`, in OpenAI's shape. A call is sent from when its arguments begin, because its
   * name may grow before; arguments that were sent are never taken back.
   *
   * @param isWhole whether the message is over
   */
  next({ content, toolCalls }: ReplyMessage, isWhole: boolean): object[] {
    const deltas: object[] = [];
    const words = rest(this.content, content);
    if (words !== '') deltas.push({ content: words });
    this.content += words;
    for (const [index, call] of toolCalls.entries()) {
      const sent = this.calls[index];
      const isSure = isWhole || index < toolCalls.length - 1 || call.arguments.length > 1;
      if (!isSure) break;
      if (sent === undefined) deltas.push({ tool_calls: [{ index, ...wireCall(call) }] });
      const more = rest(sent ?? call.arguments, call.arguments);
      if (more !== '') deltas.push({ tool_calls: [{ index, function: { arguments: more } }] });
      this.calls[index] = sent === undefined ? call.arguments : sent + more;
    }
    return deltas;
  }
}

function rest(sent: string, now: string): string {
  return now.startsWith(sent) ? now.slice(sent.length) : '';
}
