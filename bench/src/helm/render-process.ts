/** `render-process.js DIRECTORY`: renders the chart in the directory and prints it, as `helm template rel DIRECTORY` does. */
import { renderText } from './render-text.ts';

process.stdout.write(await renderText(process.argv[2] ?? '.'));
