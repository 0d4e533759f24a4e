/** What is left of a failing run: numbers of faults, names of clients. */
export interface Schedule {
  readonly faults: readonly number[];
  readonly clients: readonly string[];
}

/** Runs while shrinking, in all. */
const runsMax = 300;

/**
 * Delta debugging (Zeller and Hildebrandt 2002) over the faults, then over the clients: halves, quarters, ... single ones are
 * left out as long as the run still fails. `fails` runs a schedule.
 */
export async function shrinkSchedule(
  whole: Schedule,
  fails: (schedule: Schedule) => Promise<boolean>,
  progress: (schedule: Schedule, runs: number) => void,
): Promise<Schedule> {
  let best = whole;
  let runs = 0;
  const attempt = async (schedule: Schedule): Promise<boolean> => {
    if (runs >= runsMax) return false;
    runs += 1;
    if (!(await fails(schedule))) return false;
    best = schedule;
    progress(best, runs);
    return true;
  };
  for (let before = -1; before !== size(best); ) {
    before = size(best);
    await reduce(
      () => best.faults,
      (faults) => attempt({ ...best, faults }),
    );
    await reduce(
      () => best.clients,
      (clients) => attempt({ ...best, clients }),
    );
  }
  return best;
}

function size({ faults, clients }: Schedule): number {
  return faults.length + clients.length;
}

async function reduce<T>(
  now: () => readonly T[],
  attempt: (items: readonly T[]) => Promise<boolean>,
): Promise<void> {
  for (let chunk = Math.ceil(now().length / 2); chunk >= 1; chunk = chunk === 1 ? 0 : Math.ceil(chunk / 2)) {
    for (let from = 0; from < now().length; ) {
      const items = now();
      const rest = [...items.slice(0, from), ...items.slice(from + chunk)];
      if (!(await attempt(rest))) from += chunk;
    }
  }
}
