/** Charts that depend on each other through `file://`: packing one would mean packing it into itself. */
import { realpath } from 'node:fs/promises';
import { ChartError } from '../chart/chart.ts';
import { type ChartDirectory, readChartDirectory } from './chart-directory.ts';
import { isLocalRepository, localPath } from './local-path.ts';

/** Throws ChartError with the names along the circle. */
export async function refuseLocalCycle(chart: ChartDirectory): Promise<void> {
  const finished = new Set<string>();
  const visit = async (directory: ChartDirectory, trail: readonly { path: string; name: string }[]): Promise<void> => {
    const path = await realpath(directory.path);
    const { name } = directory.metadata;
    const start = trail.findIndex((each) => each.path === path);
    if (start >= 0) {
      const circle = [...trail.slice(start).map((each) => each.name), name];
      throw new ChartError(`the chart depends on itself through file:// repositories: ${circle.join(' -> ')}`);
    }
    if (finished.has(path)) return;
    for (const { repository } of directory.metadata.dependencies) {
      if (!isLocalRepository(repository)) continue;
      const next = await readChartDirectory(await localPath(repository, directory.path));
      await visit(next, [...trail, { path, name }]);
    }
    finished.add(path);
  };
  await visit(chart, []);
}
