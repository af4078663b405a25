/**
 * Where the values of a release come from, from the strongest on, so that what is wrong with a value can be told by the
 * field of the object that gave it, and what a Secret gave isn't shown.
 */
import { childPath, type FieldError, indexPath, invalidValue, keyPath, required } from '@kindred/machinery';
import { type GoMap, type GoValue, isMap, sliceItems } from '../../go/value.ts';
import { type ValuePath, valueAtPath, valuePathText } from '../../values/value-path.ts';
import type { ValueProblem } from '../../values-schema/validate-values.ts';
import { jsonValueOf } from '../values/go-json.ts';

export interface ValuesLayer {
  /** `spec.values`, `spec.valuesFrom[1]` */
  readonly field: string;
  readonly values: GoMap;
  /** The values stand in the object itself, so that a path goes on behind the field. */
  readonly isInline: boolean;
  readonly isSecret: boolean;
}

/** Messages that tell types and names of the schema, and nothing of the value. */
const HARMLESS = /^(got \w+, want [\w ]+|missing propert(y|ies) .*)$/;
const MISSING = /^missing propert(?:y|ies) (.*)$/;

/** @param layers the strongest first. @param values all of them together, and the chart's own below */
export function fieldErrors(problem: ValueProblem, layers: readonly ValuesLayer[], values: GoMap): FieldError[] {
  const path = typedPath(problem.path, values);
  const { chart, message } = problem;
  const layer = layers.find((each) => valueAtPath(each.values, path) !== undefined);
  const missing = MISSING.exec(message)?.[1];
  if (missing !== undefined && (layer === undefined || layer.isInline)) {
    const base = layer?.field ?? inlineField(layers);
    const names = [...missing.matchAll(/'((?:[^'\\]|\\.)*)'/g)].map(([, name = '']) => name.replaceAll(/\\(.)/g, '$1'));
    return names.map((name) => required(pathField(base, [...path, name]), `the chart ${chart} wants it`));
  }
  if (layer === undefined) return [{ type: 'Invalid', field: pathField(inlineField(layers), path), detail: message }];
  const value = valueAtPath(values, path);
  const isTable = isMap(value);
  // Tables are merged of all layers; what is no table comes from one.
  const sharing = isTable ? layers.filter((each) => valueAtPath(each.values, path) !== undefined) : [layer];
  const isShared = sharing.some(({ isSecret }) => isSecret);
  const told = !isShared || HARMLESS.test(message) ? message : `not what the schema of the chart ${chart} wants`;
  const detail = layer.isInline || path.length === 0 ? told : `${valuePathText(path)}: ${told}`;
  const field = layer.isInline ? pathField(layer.field, path) : layer.field;
  if (isShared || isTable || sliceItems(value) !== undefined) return [{ type: 'Invalid', field, detail }];
  return [invalidValue(field, jsonValueOf(value), detail)];
}

/** The field of a key that somebody gave. */
export function fieldOf(path: ValuePath, layers: readonly ValuesLayer[]): { field: string; isSecret: boolean } {
  const layer = layers.find((each) => valueAtPath(each.values, path) !== undefined);
  if (layer === undefined) return { field: pathField(inlineField(layers), path), isSecret: false };
  return { field: layer.isInline ? pathField(layer.field, path) : layer.field, isSecret: layer.isSecret };
}

function inlineField(layers: readonly ValuesLayer[]): string {
  return layers.find(({ isInline }) => isInline)?.field ?? 'spec.values';
}

function pathField(base: string, path: ValuePath): string {
  return path.reduce<string>((field, step) => {
    if (typeof step === 'number') return indexPath(field, step);
    return /^[\w-]+$/.test(step) ? childPath(field, step) : keyPath(field, step);
  }, base);
}

/** Schemas call items by their index as a text. */
function typedPath(path: readonly string[], values: GoMap): ValuePath {
  let value: GoValue = values;
  return path.map((step) => {
    const items = sliceItems(value);
    value = items === undefined ? (isMap(value) ? value.get(step) : undefined) : items[Number(step)];
    return items === undefined ? step : Number(step);
  });
}
