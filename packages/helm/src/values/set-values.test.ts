import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeGoJson } from '../go/json.ts';
import { GoMap } from '../go/value.ts';
import { setFiles, setJson, setValues } from './set-values.ts';

function set(text: string, start = new GoMap()): string {
  setValues(start, text);
  return encodeGoJson(start);
}

test('reads what --set takes', () => {
  assert.equal(set('a.b=1,a.c=x,d={1,y},e[1].f=true'), '{"a":{"b":1,"c":"x"},"d":[1,"y"],"e":[null,{"f":true}]}');
  assert.equal(
    set('a=007,b=1.5,c=null,d=99999999999999999999'),
    '{"a":"007","b":"1.5","c":null,"d":"99999999999999999999"}',
  );
  const files = new GoMap();
  setFiles(files, 'a=one,b=two', (name) => `<${name}>`);
  assert.equal(encodeGoJson(files), '{"a":"\\u003cone\\u003e","b":"\\u003ctwo\\u003e"}');
});

test('refuses what --set refuses', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ['a', /key "a" has no value/],
    ['a,', /key "a" has no value \(cannot end with ,\)/],
    ['a={1,2', /list must terminate with '}'/],
    ['a[x]=1', /error parsing index/],
    ['a[-1]=1', /negative -1 index not allowed/],
    ['a[70000]=1', /greater than maximum supported index of 65536/],
    [`${'a.'.repeat(40)}b=1`, /nested level is greater than maximum/],
    ['a[0]x=1', /unexpected data at end of array index/],
  ];
  for (const [text, message] of cases) assert.throws(() => set(text), { name: 'ChartError', message }, text);
  assert.throws(() => setJson(new GoMap(), 'a={"b"'), { name: 'ChartError' });
});
