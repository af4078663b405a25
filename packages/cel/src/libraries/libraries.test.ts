import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEnvironment } from '../environment.ts';
import { types } from '../types/type.ts';
import { isError } from '../values/value.ts';
import { kubernetesLibraries } from './kubernetes.ts';

const environment = createEnvironment({ variables: { x: types.dyn }, libraries: kubernetesLibraries });

/** Expressions of the Kubernetes documentation and the texts of its API server, each true. */
const hold = [
  // lists
  '[1, 1, 3].isSorted() && ![2, 1].isSorted() && [].isSorted()',
  "[1, 3].sum() == 4 && [1.5, 2.0].sum() == 3.5 && [duration('1m'), duration('1s')].sum() == duration('61s')",
  "[1, 3].min() == 1 && ['b', 'a'].max() == 'b'",
  '[1, 2, 2, 3].indexOf(2) == 1 && [1, 2, 2, 3].lastIndexOf(2) == 2 && [1].indexOf(5) == -1',
  '[1, 2, 3, 4].slice(1, 3) == [2, 3] && [[1], [2, 3]].flatten() == [1, 2, 3]',
  '[1, [2, [3]]].flatten(2) == [1, 2, 3] && [1, 2, 1].distinct() == [1, 2]',
  "['c', 'a'].sort() == ['a', 'c'] && ['bb', 'a'].sortBy(e, e.size()) == ['a', 'bb']",
  '[1, 2].first().value() == 1 && !([].last().hasValue()) && lists.range(3) == [0, 1, 2]',
  "[1, 2].reverse() == [2, 1] && 'abc'.reverse() == 'cba'",
  // regex
  "'abc 123'.find('[0-9]+') == '123' && 'abc'.find('z') == ''",
  "'1a2b3'.findAll('[0-9]') == ['1', '2', '3'] && '1a2b3'.findAll('[0-9]', 2) == ['1', '2']",
  // urls
  "url('https://user@example.com:80/a%20b?k=v1&k=v2').getHost() == 'example.com:80'",
  "url('https://example.com:80/').getPort() == '80' && url('https://example.com/').getPort() == ''",
  "url('https://[::1]:80/').getHostname() == '::1' && url('/path').getScheme() == ''",
  "url('https://example.com/a b'.replace(' ', '%20')).getEscapedPath() == '/a%20b'",
  "url('https://example.com/?k=v1&k=v2').getQuery()['k'] == ['v1', 'v2']",
  "isURL('https://example.com') && isURL('/absolute') && !isURL('relative') && !isURL('../up')",
  // quantities
  "quantity('1Gi').isGreaterThan(quantity('500Mi')) && quantity('50k').compareTo(quantity('50000')) == 0",
  "quantity('50k').add(quantity('20k')) == quantity('70k') && quantity('50k').sub(20000) == quantity('30k')",
  "quantity('1.5').asApproximateFloat() == 1.5 && !quantity('1.5').isInteger() && quantity('3k').asInteger() == 3000",
  "isQuantity('1.3Gi') && !isQuantity('1,3G') && quantity('-1').sign() == -1",
  // addresses
  "ip('127.0.0.1').isLoopback() && ip('::1').family() == 6 && isIP('1.2.3.4') && !isIP('1.2.3.04')",
  "ip.isCanonical('2001:db8::abcd') && !ip.isCanonical('2001:DB8::ABCD') && ip('169.254.1.1').isLinkLocalUnicast()",
  "cidr('192.168.0.0/24').containsIP('192.168.0.9') && !cidr('192.168.0.0/24').containsIP(ip('10.0.0.1'))",
  "cidr('192.168.0.0/16').containsCIDR('192.168.10.0/24') && !cidr('192.168.0.0/24').containsCIDR('192.168.0.0/23')",
  "cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24') && cidr('::1/128').ip() == ip('::1')",
  "cidr('10.0.0.0/8').prefixLength() == 8 && string(ip('2001:db8:0:0::1')) == '2001:db8::1' && !isCIDR('10.0.0.0/33')",
  // sets
  'sets.contains([1, 2, 3], [3, 1]) && sets.equivalent([1, 2, 2], [2, 1]) && !sets.intersects([1], [2])',
  // versions
  "semver('1.0.0-alpha').isLessThan(semver('1.0.0')) && semver('1.2.3').major() == 1",
  "semver('v1.02', true) == semver('1.2.0') && !isSemver('v1.0.0') && isSemver('v1', true)",
  "semver('1.0.0-alpha.2').isGreaterThan(semver('1.0.0-alpha.1')) && semver('1.0.0-1').isLessThan(semver('1.0.0-a'))",
  // formats
  "!format.dns1123Label().validate('my-label').hasValue() && format.dns1123Label().validate('My').hasValue()",
  "format.named('uuid').value().validate('nope').value() == ['does not match the UUID format']",
  "!format.named('unknown').hasValue() && !format.date().validate('2024-02-29').hasValue()",
  "format.date().validate('2023-02-29').hasValue()",
  // optionals and two variables
  "{'a': 1}[?'b'].orValue(2) == 2 && {'a': 1}.?a.optMap(v, v + 1).value() == 2 && optional.unwrap([optional.of(1), optional.none()]) == [1]",
  "[1, 2].all(i, v, i + 1 == v) && {'a': 1}.transformMap(k, v, v + 1) == {'a': 2} && ['x'].transformList(i, v, string(i) + v) == ['0x']",
  "{'a': 'b'}.transformMapEntry(k, v, {v: k}) == {'b': 'a'} && {'a': 1, 'b': 2}.existsOne(k, v, v == 2)",
  // strings, math, base64
  "'%s=%d'.format(['a', 1]) == 'a=1' && 'a,b'.split(',').join('-') == 'a-b' && 'tacocat'.substring(4) == 'cat'",
  'math.greatest(1, 2.5, 3u) == 3u && math.least([4, 2]) == 2 && math.abs(-1) == 1 && math.bitShiftRight(-1, 63) == 1',
  "base64.encode(b'hi') == 'aGk=' && base64.decode('aGk') == b'hi' && cel.bind(v, 2, v * v) == 4",
];

test('what the libraries do', () => {
  for (const source of hold) {
    const compiled = environment.compile(source);
    assert.ok('expression' in compiled, 'errors' in compiled ? compiled.errors : source);
    assert.equal(compiled.expression.evaluate(new Map()).result, true, source);
  }
});

test('what the libraries refuse', () => {
  const refused = {
    "quantity('x')": /not a quantity/,
    "ip('1.2.3')": /parse error/,
    "cidr('10.0.0.0')": /parse error/,
    "url('nowhere')": /URL parse error/,
    "semver('1.2')": /no semantic version/,
    "'a'.matches('(')": /missing/,
    '[].min()': /min called on empty list/,
    '[1].slice(0, 2)': /list is length 1/,
    "quantity('1.5').asInteger()": /cannot convert/,
    'optional.none().value()': /dereference/,
    'lists.range(10000000)': /limited/,
  };
  for (const [source, message] of Object.entries(refused)) {
    const compiled = environment.compile(source);
    assert.ok('expression' in compiled, 'errors' in compiled ? compiled.errors : source);
    const { result } = compiled.expression.evaluate(new Map());
    assert.ok(isError(result), source);
    assert.match(result.message, message);
  }
});
