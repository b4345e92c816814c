import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Memory, type Message, streamReply, type Token } from './api.js';
import { ReplyText } from './reply-text.js';
import { TokenFigures } from './token-figures.js';
import { textOf, type Turn, withTokens } from './turns.js';

/** Chat with a brain: streamed, every token shaded, its figures beside. */
export function Chat({
  model,
  brain,
  memories,
  turns,
  onTurns,
  onRemembered,
}: {
  model: string;
  brain: string;
  memories: readonly Memory[];
  turns: readonly Turn[];
  onTurns: (turns: readonly Turn[]) => void;
  onRemembered: () => void;
}) {
  const [strength, setStrength] = useState(1);
  const [looked, setLooked] = useState<Token>();
  const [running, setRunning] = useState<AbortController>();
  const replyId = useRef<string | undefined>(undefined);
  const end = useRef<HTMLDivElement>(null);

  useEffect(() => end.current?.scrollIntoView({ block: 'end' }), [turns]);
  useEffect(() => () => running?.abort(), [running]);

  const changeStrength = (value: number) => {
    setStrength(value);
    // A reply that ends meanwhile is complete: there is nothing to change.
    if (running && replyId.current) void api.setStrength(replyId.current, value).catch(() => {});
  };

  const say = async (said: string) => {
    const controller = new AbortController();
    setRunning(controller);
    let turn: Turn = { said, parts: [], figures: undefined, failure: undefined };
    let come: Token[] = [];
    let frame: number | undefined;
    const show = (change: Partial<Turn>) => {
      if (frame !== undefined) cancelAnimationFrame(frame);
      frame = undefined;
      const parts = come.length > 0 ? withTokens(turn.parts, come) : turn.parts;
      come = [];
      turn = { ...turn, parts, ...change };
      onTurns([...turns, turn]);
    };
    // A fast model makes several tokens in the time of one picture.
    const add = (tokens: readonly Token[]) => {
      come.push(...tokens);
      frame ??= requestAnimationFrame(() => show({}));
    };
    show({});
    const messages = [...turns.flatMap(messagesOf), { role: 'user' as const, content: said }];
    try {
      for await (const chunk of streamReply(
        model,
        messages,
        { brain, strength },
        controller.signal,
      )) {
        replyId.current = chunk.id;
        if (chunk.error) throw new Error(chunk.error.message);
        const { tokens = [], ...figures } = chunk.graffiti ?? {};
        if (tokens.length > 0) add(tokens);
        if (figures.recalled) show({ figures: figures as Turn['figures'] });
      }
      show({});
    } catch (error) {
      show(controller.signal.aborted ? {} : { failure: (error as Error).message });
    }
    replyId.current = undefined;
    setRunning(undefined);
    onRemembered();
  };

  return (
    <div class="chat">
      <div class="talk" role="log" aria-label="Conversation">
        {turns.length === 0 && <Hint />}
        {turns.map((turn, at) => (
          <article key={at}>
            <p class="said">{turn.said}</p>
            <ReplyText turn={turn} looked={looked} onLook={setLooked} />
            <Notes turn={turn} />
          </article>
        ))}
        <div ref={end} />
      </div>
      <TokenFigures token={looked} memories={memories} />
      <Prompt running={running} onSay={say} strength={strength} onStrength={changeStrength} />
    </div>
  );
}

function messagesOf(turn: Turn): Message[] {
  const said: Message = { role: 'user', content: turn.said };
  const reply = textOf(turn).trimStart();
  return reply === '' ? [said] : [said, { role: 'assistant', content: reply }];
}

function Hint() {
  return (
    <p class="hint">
      Tell it something: “My dog is named Buddy.” Then ask. What you tell is kept in the brain; the
      brighter a word, the more the memory did to it.
    </p>
  );
}

/** What the memory has to do with a reply. */
function Notes({ turn: { figures, failure } }: { turn: Turn }) {
  return (
    <ul class="notes">
      {failure !== undefined && (
        <li class="failure" role="alert">
          {failure}
        </li>
      )}
      {figures?.recalled.map(({ id, text }) => (
        <li key={id}>
          recalled #{id} “{text}”
        </li>
      ))}
      {figures && figures.forgotten.length > 0 && <li>forgot {figures.forgotten.length}</li>}
      {figures?.region && <li>answered by the {figures.region}</li>}
      {figures?.influence && (
        <li>
          KL {figures.influence.mean_kl.toFixed(3)} nats a token
          {figures.influence.flips > 0 && `, ${figures.influence.flips} flipped`}
        </li>
      )}
    </ul>
  );
}

function Prompt({
  running,
  strength,
  onSay,
  onStrength,
}: {
  running: AbortController | undefined;
  strength: number;
  onSay: (said: string) => Promise<void>;
  onStrength: (strength: number) => void;
}) {
  const [text, setText] = useState('');
  const send = () => {
    if (running || text.trim() === '') return;
    setText('');
    void onSay(text.trim());
  };
  return (
    <form
      class="prompt"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label class="strength">
        Strength
        <input
          type="range"
          min="-4"
          max="8"
          step="0.5"
          value={strength}
          onInput={({ currentTarget }) => onStrength(Number(currentTarget.value))}
        />
        <output>{strength.toFixed(1)}</output>
      </label>
      <textarea
        aria-label="Message"
        placeholder="Say something"
        rows={2}
        value={text}
        onInput={({ currentTarget }) => setText(currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      {running ? (
        <button type="button" onClick={() => running.abort()}>
          Stop
        </button>
      ) : (
        <button type="submit">Send</button>
      )}
    </form>
  );
}
