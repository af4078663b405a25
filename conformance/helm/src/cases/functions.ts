/** The functions of templates, group by group. */
import type { CaseGroup } from '../compare-cases.ts';

const values = `
str: hello
int: 3
big: 1000000
float: 1.5
neg: -7
nil: null
no: false
zero: 0
list: [1, two, 3.5, true, null]
strings: [b, a, c]
map: {b: 2, a: 1, c: {d: deep}}
`;

const strings: CaseGroup = {
  name: 'strings',
  values,
  cases: [
    '{{ upper "aé" }} {{ lower "AÉ" }} {{ title "hello world it\'s o-k fooBar" }} {{ untitle "Hello World" }}',
    '{{ trim "  x \\n" }}| {{ trimAll "-" "--a-b--" }} {{ trimSuffix "-x" "a-x-x" }} {{ trimPrefix "a" "aab" }} {{ trimall "ab" "abcba" }}',
    '{{ repeat 3 "ab" }} {{ substr 1 3 "hello" }} {{ substr -1 3 "hello" }} {{ substr 2 -1 "hello" }} {{ substr 0 99 "hello" }}',
    '{{ trunc 3 "hello" }} {{ trunc -3 "hello" }} {{ trunc 99 "hello" }} {{ trunc 0 "x" }} {{ trunc 2 "héé" }}',
    '{{ abbrev 5 "hello world" }} {{ abbrev 3 "hello" }} {{ abbrevboth 5 10 "1234 5678 9123" }} {{ abbrevboth 2 8 "hello there world" }}',
    '{{ nospace "a b\\tc\\n" }} {{ initials "First Try here" }} {{ swapcase "This Is A.Test é" }}',
    '{{ snakecase "FirstName" }} {{ snakecase "FooBAR_baz" }} {{ snakecase "HTTPServer2xx" }} {{ snakecase "a-b c" }} {{ snakecase "Bld4Floor3rd" }} {{ snakecase "__x" }}',
    '{{ kebabcase "FirstName" }} {{ kebabcase "HTTPStatusCode" }} {{ kebabcase "foo_bar baz" }}',
    '{{ camelcase "http_server" }} {{ camelcase "FooBAR_baz" }} {{ camelcase "a-b c" }} {{ camelcase "_x_y" }} {{ camelcase "x" }} {{ camelcase "" }} {{ camelcase "no_HTTPS" }}',
    '{{ wrap 10 "the quick brown fox jumps" }} {{ wrapWith 5 "|" "HelloWorld again" }} {{ wrap 3 "abcdef gh" }}',
    '{{ contains "ell" "hello" }} {{ hasPrefix "he" "hello" }} {{ hasSuffix "lo" "hello" }} {{ contains "x" "hello" }}',
    '{{ quote "a\\"b" 1 nil true }} {{ squote "it\'s" 1 nil }} {{ quote .Values.big .Values.float }} {{ quote "é\\u0001\\u200b" }} {{ quote nil }}',
    '{{ cat "a" 1 nil true 1.5 }} {{ cat }}|',
    '{{ indent 2 "a\\nb" }} {{ nindent 2 "a\\nb" }} {{ indent 0 "x" }}',
    '{{ replace "l" "L" "hello" }} {{ replace "" "-" "abc" }} {{ replace "$" "$$&" "a$b" }}',
    '{{ plural "one" "many" 1 }} {{ plural "one" "many" 2 }}',
    '{{ toString 1.5 }} {{ toString nil }} {{ toString (list 1 "a") }} {{ toString .Values.big }} {{ toString true }}',
    '{{ split "." "a.b.c" }} {{ (split "." "a.b.c")._1 }} {{ splitn "." 2 "a.b.c" }} {{ splitList "," "a,b,,c" }} {{ splitList "" "abc" }} {{ typeOf (splitList "," "a") }}',
    '{{ join "-" .Values.strings }} {{ join "," .Values.list }} {{ join "," "x" }} {{ join "," nil }}',
    '{{ sortAlpha .Values.strings }} {{ sortAlpha (list 3 1 2 "B" "a") }} {{ toStrings (list 1 nil true) }}',
    '{{ sha1sum "x" }} {{ sha256sum "x" }} {{ sha512sum "x" }} {{ adler32sum "hello" }}',
    '{{ hello }} {{ ternary "a" "b" true }} {{ true | ternary 1 2 }} {{ ternary 1 nil false }}',
    '{{ "a" | default "b" }} {{ default "b" "" }} {{ default "b" 0 }} {{ default "b" nil }} {{ default "b" false }} {{ default "b" (list) }} {{ default "b" (dict) }} {{ default "x" }}',
    '{{ empty "" }} {{ empty 0 }} {{ empty (list 1) }} {{ empty nil }} {{ coalesce 0 "" nil "x" }} {{ coalesce 0 }} {{ all 1 "a" }} {{ all 1 0 }} {{ any 0 "" 1 }} {{ any }} {{ all }}',
    '{{ required "msg" "x" }} {{ required "msg" 0 }} {{ required "msg" false }}',
    '{{ typeOf 1 }} {{ typeOf nil }} {{ typeOf (list) }} {{ typeIs "int" 1 }} {{ typeIsLike "string" "a" }} {{ kindOf (dict) }} {{ kindOf 1.5 }} {{ kindIs "slice" (list) }} {{ kindOf nil }} {{ kindOf (int64 1) }} {{ kindOf true }}',
    '{{ deepEqual (list 1 2) (list 1 2) }} {{ deepEqual (dict "a" 1) (dict "a" 1.0) }} {{ deepEqual "a" "b" }} {{ deepEqual nil nil }}',
  ],
};

const numbers: CaseGroup = {
  name: 'numbers',
  values,
  cases: [
    '{{ add 1 2 3 }} {{ add }} {{ add "5" 1.9 true }} {{ add1 5 }} {{ sub 5 3 }} {{ mul 2 3 4 }} {{ div 7 2 }} {{ div -7 2 }} {{ mod 7 3 }} {{ mod -7 3 }}',
    '{{ add 9223372036854775807 1 }} {{ mul 4611686018427387904 4 }} {{ int64 "9223372036854775808" }}',
    '{{ int "0x1F" }} {{ int "017" }} {{ int "0b1" }} {{ int "1.9" }} {{ int "1.0" }} {{ int64 "1e3" }} {{ int 1.9 }} {{ int -1.9 }} {{ int true }} {{ int nil }} {{ int "abc" }} {{ int 1e21 }} {{ int "" }} {{ int " 1" }} {{ int "1_000" }}',
    '{{ atoi "12" }} {{ atoi "x" }} {{ atoi "-5" }} {{ atoi "0x1" }} {{ float64 "1.5" }} {{ float64 "x" }} {{ float64 3 }} {{ float64 true }} {{ float64 "1e3" }} {{ float64 nil }}',
    '{{ addf 0.1 0.2 }} {{ subf 1 0.9 }} {{ mulf 1.1 1.1 }} {{ divf 1 3 }} {{ divf 10 4 2 }} {{ add1f 1.5 }} {{ addf }} {{ divf 2 3 }} {{ divf -2 3 }}',
    '{{ max 1 3 2 }} {{ min 3 1 2 }} {{ biggest 1 5 }} {{ maxf 1.5 2.5 }} {{ minf 1.5 0.5 }} {{ max "7" 3.9 }}',
    '{{ ceil 1.2 }} {{ floor 1.8 }} {{ round 2.5 0 }} {{ round 123.555555 3 }} {{ round 123.555555 3 0.9 }} {{ round -2.5 0 }} {{ round "1.26" 1 }} {{ ceil "3.1" }}',
    '{{ until 4 }} {{ until -3 }} {{ untilStep 3 6 2 }} {{ untilStep 6 3 -1 }} {{ untilStep 0 5 0 }} {{ seq 5 }} {{ seq 3 1 }} {{ seq 1 2 9 }} {{ seq -3 }} {{ seq }} {{ seq 5 -2 0 }} {{ seq 0 }} {{ typeOf (until 1) }}',
    '{{ toDecimal "777" }} {{ toDecimal 10 }} {{ toDecimal "9" }} {{ toDecimal "-17" }}',
    '{{ .Values.int | int }} {{ .Values.big | int64 }} {{ .Values.float | int }} {{ mul .Values.int 2 }} {{ add .Values.big 1 }} {{ .Values.neg | int | quote }}',
    '{{ 1.0 }} {{ 100000.0 }} {{ 1000000.0 }} {{ 1e-5 }} {{ 0.0001 }} {{ 123456.789 }} {{ 1234567.5 }} {{ float64 16777216 }}',
  ],
};

const lists: CaseGroup = {
  name: 'lists',
  values,
  cases: [
    '{{ list 1 "a" nil }} {{ tuple 1 2 }} {{ append (list 1) 2 }} {{ push (list 1) 2 }} {{ prepend (list 1) 0 }} {{ mustAppend .Values.strings "z" }}',
    '{{ first (list 1 2) }} {{ last (list 1 2) }} {{ rest (list 1 2 3) }} {{ initial (list 1 2 3) }} {{ first (list) }}| {{ last (list) }}| {{ rest (list) }} {{ initial (list) }}',
    '{{ reverse (list 1 2 3) }} {{ uniq (list 1 1 2 "a" "a" 1.0) }} {{ without (list 1 2 3) 2 }} {{ without (list 1 2 3) 2 3 }} {{ compact (list 0 1 "" "a" nil) }}',
    '{{ has 1 (list 1 2) }} {{ has 1.0 (list 1 2) }} {{ has "a" .Values.strings }} {{ has 1 nil }}',
    '{{ slice (list 1 2 3 4) 1 3 }} {{ slice (list 1 2 3) 1 }} {{ slice (list 1 2 3) }} {{ slice (list) }}| {{ slice .Values.strings 0 2 }}',
    '{{ concat (list 1) (list 2 3) .Values.strings }} {{ concat }} {{ chunk 2 (list 1 2 3 4 5) }} {{ typeOf (chunk 2 (list 1)) }}',
    '{{ mustFirst (list 5) }} {{ mustLast (list 5 6) }} {{ mustRest (list 5 6) }} {{ mustInitial (list 5 6) }} {{ mustReverse (list 5 6) }} {{ mustUniq (list 5 5) }} {{ mustWithout (list 5 6) 5 }} {{ mustHas 5 (list 5) }} {{ mustSlice (list 1 2) 1 }} {{ mustCompact (list 0) }} {{ mustChunk 1 (list 1 2) }} {{ mustPush (list) 1 }} {{ mustPrepend (list) 1 }}',
    '{{ first (splitList "," "a,b") }} {{ rest (splitList "," "a,b") | typeOf }} {{ (until 3) | first }} {{ reverse (until 3) }} {{ first "" | default "n" }}'.replace(
      ' {{ first "" | default "n" }}',
      '',
    ),
    '{{ list (list 1 2) (dict "a" 1) }} {{ list "a b" "c" | toJson }}',
  ],
};

const dicts: CaseGroup = {
  name: 'dicts',
  values,
  cases: [
    '{{ dict "a" 1 "b" "x" }} {{ dict "a" }} {{ dict 1 2 }} {{ dict }}',
    '{{ get (dict "a" 1) "a" }} {{ get (dict) "a" }}| {{ hasKey (dict "a" nil) "a" }} {{ hasKey (dict) "a" }}',
    '{{ set (dict "a" 1) "b" 2 }} {{ unset (dict "a" 1 "b" 2) "a" }} {{ $d := dict }}{{ $_ := set $d "x" $d.y }}{{ $d }}',
    '{{ keys (dict "a" 1 "b" 2) | sortAlpha }} {{ values (dict "a" 1) }} {{ pluck "a" (dict "a" 1) (dict "b" 2) (dict "a" 3) }}',
    '{{ pick (dict "a" 1 "b" 2) "a" "z" }} {{ omit (dict "a" 1 "b" 2) "a" }}',
    '{{ merge (dict "a" 1) (dict "a" 2 "b" 3) }} {{ merge (dict "a" false) (dict "a" true) }} {{ merge (dict "a" (dict "x" 1)) (dict "a" (dict "x" 2 "y" 3)) }} {{ merge (dict "a" (list 1)) (dict "a" (list 2 3)) }}',
    '{{ merge (dict "a" "s") (dict "a" (dict "x" 1)) }} {{ merge (dict "a" (dict "x" 1)) (dict "a" "s") }} {{ merge (dict "a" nil) (dict "a" 1) }} {{ merge (dict) (dict "a" nil) }} {{ merge (dict "a" "") (dict "a" "x") }}',
    '{{ merge (dict "a" 1) (dict "b" 2) (dict "a" 9 "c" 3) }} {{ merge (dict "a" (list)) (dict "a" (list 1)) }} {{ merge (dict "a" (dict)) (dict "a" (dict "x" 1)) }}',
    '{{ mergeOverwrite (dict "a" 1 "b" 1) (dict "a" 2) }} {{ mergeOverwrite (dict "a" 1) (dict "a" nil) }} {{ mergeOverwrite (dict "a" 1) (dict "a" "") }} {{ mergeOverwrite (dict "a" true) (dict "a" false) }} {{ mergeOverwrite (dict "a" (dict "x" 1 "y" 1)) (dict "a" (dict "x" 2)) }}',
    '{{ mergeOverwrite (dict "a" (list 1 2)) (dict "a" (list 3)) }} {{ mergeOverwrite (dict "a" (list 1 2)) (dict "a" (list)) }} {{ mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" "s") }} {{ mergeOverwrite (dict "a" "s") (dict "a" (dict "x" 1)) }} {{ mergeOverwrite (dict "a" (dict "x" 1)) (dict "a" (dict)) }}',
    '{{ mustMerge (dict "a" 1) (dict "b" 2) }} {{ mustMergeOverwrite (dict "a" 1) (dict "a" 2) }}',
    '{{ dig "a" "b" "d" (dict "a" (dict "b" 1)) }} {{ dig "a" "x" "d" (dict "a" (dict "b" 1)) }} {{ dig "c" "d" "none" (.Values.map) }}',
    '{{ $d := dict "a" (dict "b" 1) }}{{ $c := deepCopy $d }}{{ $_ := set $c.a "b" 2 }}{{ $d }}{{ $c }}',
    '{{ $d := dict "a" (dict "b" 1) }}{{ $m := merge (dict) $d }}{{ $_ := set $m.a "b" 2 }}{{ $d }}',
    '{{ mustDeepCopy (list 1 (dict "a" 1)) }} {{ omit .Values.map "a" }} {{ pick .Values.map "c" }} {{ .Values.map | values | len }}',
  ],
};

const encodings: CaseGroup = {
  name: 'encodings',
  values,
  cases: [
    '{{ b64enc "hello é" }} {{ b64dec "aGVsbG8=" }} {{ b64dec "!!" }} {{ b64dec "aGVsbG8" }} {{ b64dec "YQ" }} {{ b64enc "" }} {{ b64dec "a=b=" }}',
    '{{ b32enc "hello" }} {{ b32dec "NBSWY3DP" }} {{ b32dec "1!" }}',
    '{{ b64dec "/w==" | b64enc }} {{ b64dec "/w==" | len }} {{ b64dec "/w==" | quote }} {{ trunc 1 "é" | b64enc }}',
    '{{ toJson (dict "a" 1 "b" (list 1.5 "x" nil true)) }} {{ toJson "<&>" }} {{ toRawJson "<&>" }} {{ toPrettyJson (dict "a" (list 1 2) "e" (dict) "l" (list)) }}',
    '{{ toJson .Values.big }} {{ toJson 1e21 }} {{ toJson 1e-7 }} {{ toJson 0.1 }} {{ toJson "\\u2028\\u0001\\n\\t\\u00e9" }} {{ toJson nil }} {{ mustToJson 1 }} {{ mustToPrettyJson (list 1) }} {{ mustToRawJson "<" }} {{ toJson 123456789.5 }}',
    '{{ fromJson "{\\"a\\":1}" }} {{ (fromJson "{\\"a\\":[1,2.5,\\"x\\"]}").a }} {{ fromJson "[1]" }} {{ fromJson "{" }} {{ fromJson "{\\"a\\" 1}" }} {{ fromJson "nope" }} {{ fromJson "" }} {{ fromJson "{} x" }}',
    '{{ fromJsonArray "[1,\\"a\\"]" }} {{ fromJsonArray "{}" }} {{ fromJsonArray "[1," }} {{ mustFromJson "[1,2]" }} {{ (fromJson "{\\"a\\":1000000}").a }} {{ fromJson "{\\"a\\":tru}" }} {{ fromJson "{a:1}" }} {{ fromJson "{\\"a\\":\\"\\\\x\\"}" }}',
    '{{ fromYaml "a: 1\\nb: [x, y]" }} {{ fromYaml "[1, 2]" }} {{ fromYamlArray "- 1\\n- b" }} {{ fromYamlArray "a: 1" }} {{ fromYaml "" }} {{ fromYaml "a" }} {{ fromYamlArray "" }}',
    '{{ (fromYaml "a: 0o17\\nb: 017\\nc: 0x1F\\nd: 1_000\\ne: 1e3\\nf: yes\\ng: off\\nh: ~\\ni: 1:30\\nj: 2001-01-01\\nk: .5\\nl: !!str 1\\nm: \\"1\\"\\nn: 0b11\\no: +1\\np: 1.\\nq: 12e03").a }}',
    '{{ fromYaml "a: 0o17\\nb: 017\\nc: 0x1F\\nd: 1_000\\ne: 1e3\\nf: yes\\ng: off\\nh: ~\\ni: 1:30\\nj: 2001-01-01\\nk: .5\\nl: !!str 1\\nm: \\"1\\"\\nn: 0b11\\no: +1\\np: 1.\\nq: 12e03" | toJson }}',
    '{{ fromYaml "x: &a {k: 1}\\ny: *a\\nz:\\n  <<: *a\\n  j: 2" | toJson }} {{ fromYaml "y: 1\\nn: 2\\n1: 3\\n1.5: 4\\ntrue: 5\\nnull: 6" | toJson }} {{ fromYaml "a: |\\n  x\\n  y\\nb: >-\\n  p\\n  q" | toJson }}',
    '{{ toYaml (dict "b" 1 "a" (list 1 (dict "x" nil)) "e" (dict) "l" (list)) }} {{ toYaml "x" }} {{ toYaml nil }} {{ toYaml (list) }} {{ toYaml 1.5 }} {{ toYaml .Values.big }} {{ toYaml (dict "n" 1e21 "m" 1e-7 "o" 1234567.5 "p" 1e20) }}',
    '{{ toYaml (list "yes" "1" "null" "2024-01-02" "12:30" "1e3" "0x1" "~" "on" "y" "" " x" "x " "a: b" "# c" "a #b" "*x" "-" "- x" "tr\\tab" "a\\nb" "a\\n" "\\na" "a\\n\\n" "!x" "%x" "@x" "{a" "a,b" "[x" "=" "<<" ".5" "true" "?" ":" "a:" "it\'s" "\\"q\\"" "é" "😀") }}',
    '{{ toYaml (dict "long" (repeat 30 "word ") "q" (repeat 30 "w: x ") "d" (cat (repeat 30 "w x ") "\\t") "url" (repeat 100 "x")) }}',
    '{{ toYaml (list (repeat 30 "word ") (list (repeat 25 "ab cd ")) (dict "k" (repeat 25 "ab  cd "))) }}',
    '{{ toYaml (dict "item10" 1 "item2" 2 "a1b" 3 "a10b" 4 "A" 5 "_x" 6 "1" 7 "10" 8 "2" 9 "-" 10 "é" 11 "n" 12 "yes" 13 "a.b/c" 14 "a1" 2) }}',
    '{{ toYaml (list "a\\u0085b" "\\u0085" " \\u0085 \\u0085x" "a\\n\\u0085b") }}|{{ toYaml (dict "k\\u0085" 1) }}|{{ toYaml "a\\u0085--- b" }}',
    '{{ toYaml (list (list 1 2) (list (list)) (dict "a" (list (dict "b" 1 "c" 2)))) }} {{ mustToYaml (dict "a" 1) }}',
    '{{ toYamlPretty (dict "b" (list 1 (dict "x" "y")) "a" "yes" "f" .Values.big "m" "a\\nb\\n" "long" (repeat 30 "word ")) }}',
    '{{ toYaml .Chart }} {{ toYaml .Release }} {{ toYaml .Capabilities.KubeVersion }} {{ toYaml .Values }}',
    '{{ toToml (dict "a" 1 "b" "x" "c" (dict "d" true "f" 1.0) "l" (list 1 2)) }} {{ fromToml "a = 1\\n[b]\\nc = \\"x\\"" }} {{ fromToml "a = " }}'.replace(
      ' {{ fromToml "a = " }}',
      '',
    ),
    '{{ toToml (dict "t" (list (dict "a" 1) (dict "a" 2)) "x" (dict "y" (dict "z" 1))) }} {{ toJson (fromToml "a = [1, 2.5]\\nb.c = true\\n[[t]]\\nx = 1\\n[[t]]\\nx = 2") }}',
    '{{ (semver "1.2.3-beta.1+meta") | toJson }} {{ toJson (split "," "a,b") }} {{ toJson (until 3) }}',
  ],
};

const regexes: CaseGroup = {
  name: 'regexes',
  values,
  cases: [
    '{{ regexMatch "^a+$" "aaa" }} {{ regexMatch "(?=a)" "a" }} {{ mustRegexMatch "b" "abc" }} {{ regexMatch "(?i)ABC" "xabcx" }}',
    '{{ regexFind "[a-z][1-9]" "abcd1234" }} {{ regexFind "x" "abc" }}| {{ regexFindAll "[2468]" "123456789" 3 }} {{ regexFindAll "[2468]" "123456789" -1 }} {{ regexFindAll "x*" "axb" -1 | len }}',
    '{{ regexReplaceAll "a(x*)b" "-ab-axxb-" "$1W" }} {{ regexReplaceAll "a(x*)b" "-ab-axxb-" "${1}W" }} {{ regexReplaceAllLiteral "a(x*)b" "-ab-axxb-" "${1}" }} {{ regexReplaceAll "(?P<n>b+)" "abbc" "<$n>" }} {{ regexReplaceAll "x*" "abc" "-" }} {{ regexReplaceAll "é" "aéb" "$$" }}',
    '{{ regexSplit "z+" "pizza" -1 }} {{ regexSplit "z" "pizza" 2 }} {{ regexSplit "a*" "baac" -1 }} {{ regexSplit "," "a,b,c" 0 }} {{ regexSplit "," "" -1 | len }}',
    '{{ regexQuoteMeta "1.2.3[a]*$" }} {{ mustRegexFind "b" "abc" }} {{ mustRegexFindAll "." "abc" 2 }} {{ mustRegexReplaceAll "b" "abc" "x" }} {{ mustRegexReplaceAllLiteral "b" "abc" "$1" }} {{ mustRegexSplit "b" "abc" -1 }}',
    '{{ regexReplaceAll "[^a-zA-Z0-9]+" "a--b__c" "-" }} {{ regexReplaceAll "\\\\W+" "a b.c" "_" }} {{ regexMatch "^\\\\d{3}$" "123" }} {{ regexFind "\\\\pL+" "12é4" }}',
  ],
};

const versions: CaseGroup = {
  name: 'versions',
  values,
  cases: [
    '{{ semver "1.2.3" }} {{ (semver "v1.2.3-beta.1+x").Prerelease }} {{ (semver "1.2").Minor }} {{ (semver "1").Patch }} {{ (semver "v1.2.3").Original }} {{ (semver "1.2.3+m").Metadata }}',
    '{{ (semver "1.2.3").Compare (semver "1.2.4") }} {{ (semver "1.2.3").IncMinor }} {{ typeOf (semver "1.2.3") }}',
    ...[
      ['^1.2.0', '1.3.0'],
      ['^1.2.0', '2.0.0'],
      ['^0.2.3', '0.2.9'],
      ['^0.2.3', '0.3.0'],
      ['^0.0.3', '0.0.4'],
      ['^0', '0.9.9'],
      ['^1.21-0', '1.22.0-rc.1'],
      ['~1.2.3', '1.2.9'],
      ['~1.2', '1.3.0'],
      ['~1', '1.9.0'],
      ['~>1.2', '1.2.5'],
      ['>=1.2.0', '1.2.0'],
      ['>=1.2.0', '1.3.0-beta'],
      ['>=1.2.0-0', '1.3.0-beta'],
      ['>1.2', '1.2.5'],
      ['>1', '1.5.0'],
      ['<2', '1.9.9'],
      ['<=1.2', '1.2.9'],
      ['<=1', '1.9.9'],
      ['!=1.2.3', '1.2.3'],
      ['!=1.2', '1.2.9'],
      ['!=1', '2.0.0'],
      ['1.2 - 1.4', '1.3.0'],
      ['1.2 - 1.4', '1.4.9'],
      ['1.2.x', '1.2.7'],
      ['1.x', '2.0.0'],
      ['*', '3.1.4'],
      ['*', '3.1.4-rc1'],
      ['>=1.0 <2.0 || >=3.0', '3.5.0'],
      ['>=1.0, <2.0', '1.5.0'],
      ['=1.2.3', 'v1.2.3'],
      ['1.2.3', '1.2.3+build'],
      ['=<2.0', '2.0.0'],
      ['=>2.0', '2.0.0'],
      ['>=1.20-0', 'v1.35.0-gke.100'],
      ['>= 1.19.0-0', '1.19.0'],
    ].map(([range, version]) => `{{ semverCompare "${range}" "${version}" }}`),
    '{{ semverCompare ">=1.19-0" .Capabilities.KubeVersion.Version }} {{ semverCompare "<1.14-0" .Capabilities.KubeVersion.GitVersion }}',
  ],
};

const dates: CaseGroup = {
  name: 'dates',
  values,
  cases: [
    '{{ toDate "2006-01-02" "2017-12-31" | date "02/01/2006" }} {{ toDate "2006-01-02" "2017-12-31" }} {{ toDate "2006-01-02" "bad" }}',
    '{{ $t := toDate "2006-01-02T15:04:05Z07:00" "2024-02-29T03:04:05.678+02:00" }}{{ $t }} {{ $t.Unix }} {{ unixEpoch $t }} {{ $t.Year }} {{ $t.Month }} {{ $t.Day }} {{ $t.Weekday }} {{ $t.YearDay }} {{ $t.UTC }}',
    '{{ $t := toDate "2006-01-02 15:04:05" "2024-02-09 23:04:05" }}{{ date "Mon Jan _2 3:04:05PM 2006 MST -0700 Z07:00 .000 002 __2 06 1 2 pm January Monday 15h" $t }}',
    '{{ $t := toDate "2006-01-02 15:04:05" "2024-07-09 23:04:05" }}{{ dateInZone "2006-01-02 15:04:05 MST -0700" $t "America/New_York" }} {{ dateInZone "15:04 MST" $t "Europe/Berlin" }} {{ date_in_zone "15:04 MST -07:00" $t "Asia/Tokyo" }} {{ dateInZone "15:04 MST" $t "Nope/Zone" }} {{ dateInZone "15:04 MST" $t "Asia/Kolkata" }}',
    '{{ htmlDate 0 }} {{ htmlDateInZone 86400 "UTC" }} {{ date "2006-01-02 15:04:05" 1700000000 }} {{ date "15:04" (int64 60) }}',
    '{{ $t := toDate "2006-01-02" "2024-02-28" }}{{ $t | dateModify "48h" | date "2006-01-02" }} {{ date_modify "-1.5h" $t }} {{ mustDateModify "1m" $t }} {{ dateModify "bad" $t }} {{ must_date_modify "1s" $t }}',
    '{{ duration "95" }} {{ duration (int64 3700) }} {{ duration 95 }} {{ durationRound "2h10m5s" }} {{ durationRound "100ms" }} {{ durationRound "2400h" }} {{ durationRound "26h" }} {{ durationRound (int64 5000000000) }} {{ durationRound "-3m" }}',
    '{{ mustToDate "2006-01-02" "2020-05-06" | toJson }} {{ toDate "Jan 2, 2006 at 3:04pm (MST)" "Feb 3, 2013 at 7:54pm (UTC)" }} {{ toDate "02 Jan 06 15:04 -0700" "02 Feb 99 15:04 -0300" }}',
    '{{ typeOf now }} {{ kindOf now }} {{ (toDate "2006" "2020").Sub (toDate "2006" "2019") }} {{ printf "%v" (toDate "2006" "2020") }} {{ (toDate "2006" "2020").Before now }}',
  ],
};

const paths: CaseGroup = {
  name: 'paths and URLs',
  values,
  cases: [
    '{{ base "/a/b.c" }} {{ dir "/a/b.c" }} {{ clean "/a/../b//c/." }} {{ ext "x.tar.gz" }} {{ isAbs "/a" }} {{ isAbs "a" }} {{ base "" }} {{ dir "" }} {{ clean "" }} {{ base "/" }} {{ dir "a" }} {{ clean "../../a" }} {{ ext "a" }} {{ base "a/" }} {{ dir "/" }}',
    '{{ osBase "/a/b.c" }} {{ osDir "/a/b.c" }} {{ osClean "a/./b" }} {{ osExt "a.b" }} {{ osIsAbs "/a" }}',
    '{{ urlParse "http://user:pw@host.com:80/path%20x?q=1#frag" }} {{ urlParse "mailto:a@b.c" }} {{ urlParse "/just/path" }} {{ urlParse "//host/x" }} {{ urlParse "http://[::1]:80/" }} {{ urlParse "" }}',
    '{{ urlJoin (dict "scheme" "http" "host" "h:80" "path" "/p a" "query" "q=1" "fragment" "f" "userinfo" "u:p") }} {{ urlJoin (dict "host" "h" "path" "p") }} {{ urlJoin (dict) }}|',
    '{{ getHostByName "example.invalid" }}|',
  ],
};

const secrets: CaseGroup = {
  name: 'secrets',
  values,
  cases: [
    '{{ derivePassword 1 "long" "password" "user" "example.com" }} {{ derivePassword 2 "pin" "p" "u" "s" }} {{ derivePassword 1 "maximum" "p" "u" "s" }} {{ derivePassword 1 "nope" "p" "u" "s" }}',
    '{{ randAlphaNum 8 | len }} {{ randAlpha 5 | regexMatch "^[a-zA-Z]{5}$" }} {{ randNumeric 5 | regexMatch "^[0-9]{5}$" }} {{ randAscii 10 | len }} {{ randBytes 4 | b64dec | len }} {{ uuidv4 | regexMatch "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$" }} {{ lt (randInt 3 5) 5 }} {{ randAlphaNum 0 }} {{ shuffle "aaa" }}',
    '{{ bcrypt "x" | regexMatch "^\\\\$2a\\\\$10\\\\$.{53}$" }} {{ htpasswd "u" "p" | regexMatch "^u:\\\\$2a\\\\$10\\\\$.{53}$" }} {{ htpasswd "a:b" "p" }}',
    '{{ encryptAES "k" "text" | decryptAES "k" }} {{ decryptAES "secret" (encryptAES "secret" "é longer than one block of it") }} {{ encryptAES "k" "" }}|',
    '{{ genPrivateKey "ecdsa" | regexMatch "^-----BEGIN EC PRIVATE KEY-----\\n" }} {{ genPrivateKey "ed25519" | regexMatch "^-----BEGIN PRIVATE KEY-----\\n" }} {{ genPrivateKey "x" }}',
    '{{ $key := genPrivateKey "ecdsa" }}{{ $ca := genCAWithKey "ca" 365 $key }}{{ typeOf $ca }} {{ kindOf $ca }} {{ eq $ca.Key $key }} {{ $ca.Cert | trunc 27 }} {{ $c := genSignedCertWithKey "x" (list "10.0.0.1" "::1") (list "a.b") 10 $ca $key }}{{ $c.Cert | trunc 27 }} {{ (buildCustomCert ($c.Cert | b64enc) ($c.Key | b64enc)).Cert | eq $c.Cert }} {{ (genSelfSignedCertWithKey "s" nil nil 1 $key).Key | eq $key }}',
  ],
};

/** Slices and maps that are nil in Go, bytes and letters that JavaScript takes for something else. */
const oddities: CaseGroup = {
  name: 'oddities',
  values,
  cases: [
    '{{ toYaml (concat (list) (list)) }} {{ rest (list) | toJson }} {{ initial (list) | toJson }} {{ rest .Values.list | rest | toJson }}',
    '{{ dict "a" (regexFindAll "x" "abc" -1) "b" (regexSplit "x" "abc" 0) | toYaml }} {{ toYamlPretty (dict "a" (concat)) }}',
    '{{ deepEqual (concat) (list) }} {{ eq (concat) nil }} {{ empty (concat) }} {{ append (concat) 1 }} {{ len (concat) }} {{ printf "%#v %v" (concat) (concat) }}',
    '{{ fromJson "null" | toJson }} {{ dict "a" (fromJson "null") | toYaml }} {{ fromJsonArray "null" | toJson }} {{ eq (fromJson "null") nil }} {{ hasKey (fromJson "null") "a" }} {{ merge (fromJson "null") (dict "a" 1) }}',
    '{{ lt (randInt 0 9223372036854775807) 0 }} {{ lt (randInt -9 -3) 0 }} {{ randInt 7 8 }}',
    ...[
      'd = 1979-05-27T07:32:00\ne = 1979-05-27\nf = 07:32:00.25\ng = 1979-05-27 07:32:00.5+02:00',
      'a = 9223372036854775808',
      'a = 1e400',
      'a = [1,2,,3]',
      'a = 1\n[a]',
      '[a]\n[a]',
      'a = 1\na.b = 2',
      '[[a]]\n[a]',
      '[a]\n[[a]]',
      '[a.b]\nc = 1\n[a]\nd = 2',
      'a = "x',
      "a = 'x",
      'a = """x',
      'a = tru',
      'a = ',
      'a',
      'a b = 1',
      '[a]b = 1',
      '[a',
      '= 1',
      'a = 1__0',
      'a = 01',
      'a = 1.',
      'a = .5',
      'a = 0xG',
      'a = "\\x41\\e\\z"',
      'a = {}\nb = {x = 1,}',
      '[]',
      '[a..b]',
      'd = 1979-13-27',
    ].map((text) => `{{ $t := fromToml ${JSON.stringify(text)} }}{{ $t }} {{ toToml $t }} {{ toJson $t }}`),
    '{{ toToml 1.5 }} {{ toToml "a\\nb" }} {{ toToml (list 1 "x") }} {{ toToml (list (dict "a" 1)) }} {{ toToml .Values.big }} {{ toToml (dict "a" 1e15 "b" 123456789.125 "c" 1e-7) }}',
    '{{ toToml (dict "t" (toDate "2006-01-02" "2020-01-02") "v" (semver "1.2.3") "d" (duration "9")) }} {{ toToml .Capabilities.KubeVersion }} {{ toToml (dict "k" .Capabilities.KubeVersion) }}',
    '{{ int "5." }} {{ int "5.00" }} {{ round 97 -5 -1.5 }} {{ chunk -5 (list 1 2) }} {{ regexReplaceAll "b" "abc" "$é" }} {{ durationRound (toDate "2006" "bad") }} {{ fromYaml "%YAML 1.2\\n---\\na: 1" }}',
    '{{ dateInZone "MST" (toDate "2006" "1969") "America/New_York" }} {{ dateInZone "MST" 0 "Asia/Kolkata" }}',
    '{{ printf "%[1]d %s" 1 2 3 }} {{ printf "%s %[1]s %d" "a" 1 2 }} {{ printf "%d" 1 2 }}',
    '{{ b64dec "a\\nb" }} {{ b64dec "YQ\\r\\n=x" }} {{ b64dec "====" }} {{ b64dec "YQ==YQ==" }} {{ b64dec "YWI=\\nx" }} {{ b64dec "YQ=\\n=\\n" }} {{ b64dec "YQ=" }}',
    '{{ lower "\\u0130stanbul \\u0391\\u03a3" }} {{ upper "\\u00df\\u01c5\\ufb01" }} {{ title "\\u00dfa \\u01c6" }} {{ swapcase "\\u00dfa \\u01c6 \\u01c5 A" }} {{ untitle "\\u0130a" }} {{ snakecase "\\u0130Stanbul" }}',
    '{{ fromYaml "a: &x [1, *x]" }} {{ fromYaml "&a [*a]" }} {{ fromYaml "a: &x 1\\nb: &x [*x]" }}',
    '{{ toYamlPretty (dict "f" (.Files.GetBytes "none")) }} {{ durationRound "-9223372036854775808ns" }}',
    '{{ $t := toDate "2006" "bad" }}{{ dateInZone "2006-01-02T15:04:05 MST" $t "America/New_York" }} {{ dateInZone "2006 15h" $t "europe/berlin" }} {{ dateInZone "2006 15h" $t "Europe/Berlin" }} {{ htmlDateInZone $t "Etc/GMT+5" }}',
  ],
};

export const functionGroups: readonly CaseGroup[] = [
  strings,
  numbers,
  lists,
  dicts,
  encodings,
  regexes,
  versions,
  dates,
  paths,
  secrets,
  oddities,
];
