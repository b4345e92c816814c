import type { Memory, Mover, Token } from './api.js';

/** What the memory did to one token. */
export function TokenFigures({
  token,
  memories,
}: {
  token: Token | undefined;
  memories: readonly Memory[];
}) {
  const influence = token?.influence;
  return (
    <aside class="figures" aria-label="Influence on the token" aria-live="polite">
      <h2>{token ? <code>{JSON.stringify(token.text)}</code> : 'Point at a word'}</h2>
      {token && !influence && <p>No memory acted on it.</p>}
      {token && (
        <dl>
          <Figure name="probability" value={Math.exp(token.logprob).toFixed(3)} />
          {influence && (
            <>
              <Figure name="KL, nats" value={influence.kl.toFixed(4)} />
              <Figure name="shift, nats" value={signed(influence.shift)} />
              <Figure name="added / hidden" value={influence.ratio.toFixed(3)} />
              <Figure name="cosine" value={influence.cosine.toFixed(3)} />
            </>
          )}
        </dl>
      )}
      {influence?.flipped && <p class="mark">Without the memory another word was first.</p>}
      {influence && (
        <>
          <Movers title="Promoted" movers={influence.promoted} />
          <Movers title="Demoted" movers={influence.demoted} />
          <h3>Because of</h3>
          <ul>
            {influence.sources.map(({ id, shift }) => (
              <li key={id}>
                <b>{signed(shift)}</b> {nameOf(id, memories)}
              </li>
            ))}
          </ul>
        </>
      )}
    </aside>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Movers({ title, movers }: { title: string; movers: readonly Mover[] }) {
  if (movers.length === 0) return null;
  return (
    <>
      <h3>{title}</h3>
      <ul>
        {movers.map(({ id, text, change }) => (
          <li key={id}>
            <b>{signed(change * 100, 1)} %</b> <code>{text}</code>
          </li>
        ))}
      </ul>
    </>
  );
}

function nameOf(id: number, memories: readonly Memory[]): string {
  if (id === 0) return 'all others';
  const found = memories.find((memory) => memory.id === id);
  return `#${id} ${found?.text ?? ''}`;
}

function signed(value: number, digits = 3): string {
  return (value > 0 ? '+' : '') + value.toFixed(digits);
}
