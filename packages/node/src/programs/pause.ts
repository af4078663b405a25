/** The program of the pause image: does nothing until it is told to end. */
import { endOnSignals } from './program-environment.ts';

const timer = setInterval(() => {}, 2 ** 30);
endOnSignals(() => {
  clearInterval(timer);
  process.exit(0);
});
