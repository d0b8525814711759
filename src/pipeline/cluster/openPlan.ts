import { MorulaError, quoted } from '../../errors/index.ts';
import { openResult, type PlanFile, readPlanFile } from '../../store/index.ts';

/**
 * The plan of a result.
 *
 * @throws `not-found` where there is no result, or none with a plan
 */
export async function openPlan(folder: string): Promise<PlanFile> {
  const run = await openResult(folder);
  const plan = await readPlanFile(folder);
  if (plan !== null) return plan;
  throw new MorulaError(
    'not-found',
    `plan: ${folder} has no plan.json; make one with: morula plan ${quoted(run.movie.path ?? '<movie>')} -o ${quoted(folder)}`,
  );
}
