/** Which disks of the machine are mounted below its root: an overlay of the root does not show them (proc(5), mountinfo). */

const diskTypes = new Set(['btrfs', 'ext2', 'ext3', 'ext4', 'f2fs', 'overlay', 'xfs', 'zfs', 'virtiofs', '9p']);

/** Mount points of directories that containers shall see, outermost first; those that hold the agent's data are left out. */
export function separateDisks(mountinfo: string, dataDir: string): string[] {
  const points = new Set<string>();
  for (const line of mountinfo.split('\n')) {
    const [mount, filesystem] = line.split(' - ');
    const fields = mount?.split(' ') ?? [];
    const point = unescape(fields[4] ?? '');
    const bindOfAFile = /\.[a-z]+$|^\/etc\/host(s|name)$/.test(point);
    if (!diskTypes.has(filesystem?.split(' ')[0] ?? '') || bindOfAFile) continue;
    if (point === '/' || point.startsWith(`${dataDir}/`) || /[:,]/.test(point)) continue;
    points.add(point);
  }
  return [...points].sort((a, b) => a.length - b.length);
}

/** Spaces and the like stand as octal escapes in mountinfo. */
function unescape(text: string): string {
  return text.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
