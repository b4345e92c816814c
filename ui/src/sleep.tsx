import { useCallback, useEffect, useState } from 'preact/hooks';
import { api, type Night, Refused } from './api.js';
import { Failure, useJob, Working } from './job.js';

/** Lets the brain sleep, shows what came of it, takes it back. */
export function Sleep({ brain }: { brain: string }) {
  const [nights, setNights] = useState<readonly Night[]>([]);
  const read = useCallback(async () => {
    try {
      setNights(await api.nights(brain));
    } catch (error) {
      if (!(error instanceof Refused && error.status === 404)) throw error; // nothing told yet
    }
  }, [brain]);
  const { job, running, failure, setFailure, follow } = useJob(brain, 'sleep', read);
  const failed = (error: Error) => setFailure(error.message);
  useEffect(() => void read().catch(failed), [read]);

  const undo = () => {
    api.undoNight(brain).then(read).catch(failed);
  };
  return (
    <section class="night" aria-label="Sleep">
      <p class="hint">
        Asleep, the brain replays what it was told until the model knows it without recall.
        Forgetting a memory takes it out of the night too.
      </p>
      <p>
        <button type="submit" disabled={running} onClick={() => void follow(api.sleep(brain))}>
          Sleep
        </button>
      </p>
      {running && job && <Working job={job} label="How far the night is" />}
      {job?.status === 'aborted' && <p role="status">Woken: nothing of that night is kept.</p>}
      <Failure message={failure} />
      {nights.map((night, at) => (
        <article key={night.id}>
          <h2>
            Night {night.id}, {new Date(night.time).toLocaleString()}
            {at > 0 && ' (the one before)'}
          </h2>
          <Report {...night} />
          {at === 0 && (
            <button type="button" disabled={running} onClick={undo}>
              Undo
            </button>
          )}
        </article>
      ))}
      {nights.length === 0 && !running && <p class="hint">It has not slept yet.</p>}
    </section>
  );
}

function Report({ report, memories, bytes }: Night) {
  const rows = [
    ['What was told, nats', report.told],
    ['The same in other words, nats', report.reworded],
    ['What nobody told, nats', report.unseen],
    ['Perplexity of ordinary text', report.anchor],
  ] as const;
  const share = (value: number) => `${Math.round(100 * value)} %`;
  return (
    <>
      <table class="report">
        <thead>
          <tr>
            <th scope="col">Loss</th>
            <th scope="col">before</th>
            <th scope="col">after</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(([label, { before, after }]) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              <td>{before.toFixed(3)}</td>
              <td>{after.toFixed(3)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {share(report.exactTold)} of the answers word for word, {share(report.exactReworded)} when
        asked in other words; {report.exchanges} exchanges of {memories} memories, {report.keys}{' '}
        positions, {Math.ceil(bytes / 1024)} KiB, {report.seconds.toFixed(1)} s.
      </p>
    </>
  );
}
