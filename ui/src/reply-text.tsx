import { useMemo } from 'preact/hooks';
import type { Token } from './api.js';
import { type Part, shade, type Turn } from './turns.js';

/** A reply whose tokens are shaded by influence. One of them takes the focus; the arrow keys move it. */
export function ReplyText({
  turn: { parts, figures, failure },
  looked,
  onLook,
}: {
  turn: Turn;
  looked: Token | undefined;
  onLook: (token: Token) => void;
}) {
  const within = parts.findIndex((part) => looked !== undefined && part.includes(looked));
  const focused = within < 0 ? parts[0]?.[0] : looked;
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
      {parts.map((part, at) => (
        <ReplyPart
          key={at}
          part={part}
          looked={at === within ? looked : undefined}
          focused={at === Math.max(within, 0) ? focused : undefined}
          onLook={onLook}
        />
      ))}
      {parts.length === 0 && failure === undefined && !figures && (
        <span class="waiting" aria-label="waiting">
          …
        </span>
      )}
    </p>
  );
}

/** What has not changed is not drawn again: a long reply stays as quick as a short one. */
function ReplyPart({
  part,
  looked,
  focused,
  onLook,
}: {
  part: Part;
  looked: Token | undefined;
  focused: Token | undefined;
  onLook: (token: Token) => void;
}) {
  return useMemo(
    () => (
      <>
        {part.map((token) => (
          <span
            key={token.index}
            class={token.influence?.flipped ? 'token flipped' : 'token'}
            style={`--shade: ${shade(token)}`}
            tabIndex={token === focused ? 0 : -1}
            aria-current={token === looked}
            onFocus={() => onLook(token)}
            onMouseEnter={() => onLook(token)}
          >
            {token.index === 0 ? token.text.trimStart() : token.text}
          </span>
        ))}
      </>
    ),
    [part, looked, focused, onLook],
  );
}
