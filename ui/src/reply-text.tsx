import type { Token } from './api.js';
import { shade, type Turn } from './turns.js';

/** A reply whose tokens are shaded by influence. One of them takes the focus; the arrow keys move it. */
export function ReplyText({
  turn,
  looked,
  onLook,
}: {
  turn: Turn;
  looked: Token | undefined;
  onLook: (token: Token) => void;
}) {
  const { tokens } = turn;
  const focused = Math.max(0, looked ? tokens.indexOf(looked) : 0);
  return (
    <p
      class="reply"
      onKeyDown={(event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        const spans = [...event.currentTarget.children] as HTMLElement[];
        const from = spans.indexOf(document.activeElement as HTMLElement);
        if (step === undefined || from < 0) return;
        event.preventDefault();
        spans[from + step]?.focus();
      }}
    >
      {tokens.map((token, at) => (
        <span
          key={at}
          class={token.influence?.flipped ? 'token flipped' : 'token'}
          style={`--shade: ${shade(token)}`}
          tabIndex={at === focused ? 0 : -1}
          aria-current={token === looked}
          onFocus={() => onLook(token)}
          onMouseEnter={() => onLook(token)}
        >
          {at === 0 ? token.text.trimStart() : token.text}
        </span>
      ))}
      {tokens.length === 0 && turn.failure === undefined && !turn.figures && (
        <span class="waiting" aria-label="waiting">
          …
        </span>
      )}
    </p>
  );
}
