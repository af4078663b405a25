// `npm start`: sets the checkout up when needed, then runs `kindred up` in this process.
import { setUp } from './setup.mjs';

setUp();
endWithParent();
process.argv.splice(2, 0, 'up');
await import('../packages/kindred/dist/bundle/kindred.mjs');

/** npm does not pass SIGTERM on to what it runs: when it was ended, this process has another parent, and ends as well. */
function endWithParent() {
  const parent = process.ppid;
  const check = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(check);
    process.kill(process.pid, 'SIGTERM');
  }, 500);
  check.unref();
}
