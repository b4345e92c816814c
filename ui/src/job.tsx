import { useEffect, useRef, useState } from 'preact/hooks';
import { api, type Job } from './api.js';

/** ms between two looks at a job. */
const INTERVAL = 300;

/** A job of a brain, followed to its end. Leaving the view lets it run on; coming back finds it. */
export function useJob(brain: string, kind: Job['kind'], onOver: () => Promise<void>) {
  const [job, setJob] = useState<Job>();
  const [failure, setFailure] = useState<string>();
  const left = useRef(false);

  const follow = async (started: Promise<Job>) => {
    setFailure(undefined);
    try {
      let seen = await started;
      while (seen.status === 'running' && !left.current) {
        setJob(seen);
        await new Promise((resolve) => setTimeout(resolve, INTERVAL));
        seen = await api.job(seen.id);
      }
      if (left.current) return;
      setJob(seen);
      if (seen.error) setFailure(seen.error.message);
      await onOver();
    } catch (error) {
      setFailure((error as Error).message);
    }
  };
  useEffect(() => {
    api.jobs(brain).then(
      (jobs) => {
        const found = jobs.find((one) => one.kind === kind && one.status === 'running');
        if (found && !left.current) void follow(Promise.resolve(found));
      },
      (error: Error) => setFailure(error.message),
    );
    return () => {
      left.current = true;
    };
  }, [brain, kind]);
  return { job, failure, setFailure, running: job?.status === 'running', follow };
}

/** What a running job does, and a way to end it. */
export function Working({ job, label }: { job: Job; label: string }) {
  const { phase, fraction } = job.progress ?? { phase: 'waiting', fraction: 0 };
  return (
    <div class="working" role="status">
      <progress aria-label={label} value={fraction} />
      <span>{phase}</span>
      <button type="button" onClick={() => void api.abortJob(job.id).catch(() => {})}>
        Stop
      </button>
    </div>
  );
}

export function Failure({ message }: { message: string | undefined }) {
  if (message === undefined) return null;
  return (
    <p class="failure" role="alert">
      {message}
    </p>
  );
}
