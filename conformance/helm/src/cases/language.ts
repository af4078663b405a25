/** The template language itself. */
import type { CaseGroup } from '../compare-cases.ts';

const values = `
str: hello
empty: ""
int: 1
big: 1000000
huge: 123456789012
float: 1.5
neg: -7
bool: true
no: false
nil: null
list: [1, two, 3.5, true, null]
strings: [b, a, c]
map: {b: 2, a: 1, c: {d: deep}}
emptyMap: {}
emptyList: []
nested: {list: [{name: x, port: 80}, {name: y, port: 443}]}
tplText: "{{ .Values.str }}-{{ .Release.Name }}"
on: yes
`;

export const language: CaseGroup = {
  name: 'language',
  values,
  prelude: `
{{ define "greet" }}Hello {{ .name | default "nobody" }}!{{ end }}
{{ define "dot" }}[{{ . }}]{{ end }}
{{ define "recurse" }}{{ if gt (int .) 0 }}{{ . }},{{ include "recurse" (sub . 1) }}{{ end }}{{ end }}
`,
  cases: [
    'plain text',
    'a {{- "b" -}} c',
    'a {{ "b" }} c',
    'x{{/* comment */}}y',
    'x {{- /* trimmed */ -}} y',
    '{{ 1 }} {{ 1.0 }} {{ 0x10 }} {{ 0b11 }} {{ 0o17 }} {{ 017 }} {{ 1_000 }} {{ 1e3 }} {{ -3 }} {{-3}}',
    "{{ 'a' }} {{ '\\n' }} {{ 'é' }}",
    '{{ "tab\\tquote\\"" }} {{ `raw\\n` }} {{ "\\u00e9\\x41" }}',
    '{{ true }} {{ false }}',
    '{{ .Values.str }} {{ .Values.int }} {{ .Values.big }} {{ .Values.huge }} {{ .Values.float }} {{ .Values.neg }}',
    '{{ .Values.nope }}|{{ .Values.nil }}|{{ .Values.map.nope }}',
    '{{ (((.Values.nope).x).y) }}|{{ ((.Values.map).c).d }}',
    '{{ .Values.list }} {{ .Values.map }} {{ .Values.emptyMap }} {{ .Values.emptyList }}',
    '{{ $x := 1 }}{{ $x }}{{ $x = 2 }}{{ $x }}',
    '{{ $x := 1 }}{{ if true }}{{ $x = 2 }}{{ $y := 3 }}{{ $y }}{{ end }}{{ $x }}',
    '{{ $x := 1 }}{{ if true }}{{ $x := 2 }}{{ $x }}{{ end }}{{ $x }}',
    '{{ $ | kindOf }} {{ $.Values.str }}',
    '{{ if .Values.str }}yes{{ else }}no{{ end }}',
    '{{ if .Values.empty }}yes{{ else if .Values.bool }}second{{ else }}no{{ end }}',
    '{{ if and .Values.bool (not .Values.no) }}both{{ end }}',
    '{{ with .Values.map }}{{ .a }}{{ $.Values.str }}{{ else }}none{{ end }}',
    '{{ with .Values.nope }}x{{ else with .Values.str }}{{ . }}{{ end }}',
    '{{ with $v := .Values.int }}{{ $v }}{{ end }}',
    '{{ range .Values.list }}<{{ . }}>{{ end }}',
    '{{ range $i, $e := .Values.list }}{{ $i }}={{ $e }};{{ end }}',
    '{{ range $k, $v := .Values.map }}{{ $k }}={{ $v }};{{ end }}',
    '{{ range .Values.emptyList }}x{{ else }}empty{{ end }}',
    '{{ range .Values.nope }}x{{ else }}empty{{ end }}',
    '{{ range 3 }}{{ . }}{{ end }} {{ range $i := 2 }}{{ $i }}{{ end }} {{ range 0 }}x{{ else }}none{{ end }}',
    '{{ range .Values.strings }}{{ if eq . "a" }}{{ continue }}{{ end }}{{ . }}{{ end }}',
    '{{ range .Values.strings }}{{ if eq . "a" }}{{ break }}{{ end }}{{ . }}{{ end }}',
    '{{ range $i, $e := .Values.nested.list }}{{ $i }}:{{ $e.name }}:{{ .port }} {{ end }}',
    '{{ $n := "" }}{{ range $n = .Values.strings }}{{ end }}{{ $n }}',
    '{{ range until 3 }}{{ . }}{{ range until 2 }}({{ . }}){{ end }}{{ end }}',
    '{{ template "greet" dict "name" "you" }} {{ template "greet" dict }}',
    '{{ include "greet" (dict "name" "me") | upper }}',
    '{{ include "dot" nil }} {{ include "dot" .Values.nope }} {{ include "dot" 1 }} {{ include "dot" .Values.int }}',
    '{{ include "recurse" 5 }}',
    '{{ block "inner" .Values.str }}block {{ . }}{{ end }}',
    '{{ tpl .Values.tplText . }}',
    '{{ tpl "{{ define \\"t\\" }}T{{ . }}{{ end }}{{ include \\"t\\" 1 }}" . }}',
    '{{ tpl "{{ include \\"greet\\" . }}" (dict "name" "tpl" "Template" .Template) }}',
    '{{ tpl "no action <no value> {{ .x }}" (dict) }}',
    '{{ eq 1 1 }} {{ eq 1 2 3 1 }} {{ eq "a" "a" }} {{ ne 1 2 }} {{ eq .Values.int 1.0 }} {{ eq .Values.float 1.5 }}',
    '{{ lt 1 2 }} {{ le 2 2 }} {{ gt 3 2 }} {{ ge 1 2 }} {{ lt "a" "b" }} {{ lt 1.5 2.5 }}',
    '{{ eq .Values.nil nil }} {{ eq .Values.nope nil }} {{ eq .Values.nope "a" }} {{ ne .Values.str nil }}',
    '{{ eq (int64 1) 1 }} {{ eq true true }} {{ ne true false }}',
    '{{ and 1 0 2 }} {{ and 1 2 }} {{ or 0 "" "x" }} {{ or 0 "" }} {{ not 0 }} {{ not "a" }}',
    '{{ or .Values.nope .Values.str }} {{ and .Values.nope (fail "not reached") }} {{ or true (fail "no") }}',
    '{{ index .Values.list 1 }} {{ index .Values.map "c" "d" }} {{ index .Values.nested.list 1 "port" }} {{ index "abc" 1 }}',
    '{{ index .Values.map "nope" }}|{{ index .Values "str" }}',
    '{{ len "héllo" }} {{ len .Values.list }} {{ len .Values.map }} {{ len "" }}',
    '{{ print 1 2 "a" "b" 3 }} {{ print nil 1 }} {{ println "a" 1 }} {{ print }}',
    '{{ printf "%d %s %v %q %5d|%-5d|%05d %x %X %o %b %c %U" 1 "s" true "q" 42 42 42 255 255 8 5 65 65 }}',
    '{{ printf "%f %.2f %e %g %6.1f|%G %E" 1.5 1.005 12345.678 1e21 2.25 1e-7 1.5 }}',
    '{{ printf "%d" .Values.int }} {{ printf "%s" 1 }} {{ printf "%d" "x" }} {{ printf "%t" 1 }}',
    '{{ printf "%d" }} {{ printf "x" 1 2 }} {{ printf "%!" }} {{ printf "%z" 1 }} {{ printf "%" }}',
    '{{ printf "%[2]d %[1]d" 1 2 }} {{ printf "%*d" 5 42 }} {{ printf "%-*d|" 5 42 }} {{ printf "%.*f" 2 3.14159 }} {{ printf "%[5]d" 1 }}',
    '{{ printf "%v %+v %#v" .Values.map .Values.map .Values.map }}',
    '{{ printf "%v %#v %T" .Values.list .Values.list .Values.list }}',
    '{{ printf "%T %T %T %T %T %T" 1 1.5 "a" true .Values.map nil }}',
    '{{ printf "%s %s" .Values.list .Values.map }}',
    '{{ printf "%d" (list 1 2 "x") }} {{ printf "%q" (list "a" "b") }} {{ printf "%x" "hello" }} {{ printf "% x" "hello" }}',
    '{{ printf "%5s|%-5s|%.2s|%05s" "abc" "abc" "abc" "abc" }} {{ printf "%5t|%v" true nil }}',
    '{{ printf "%+d % d %+.1f" 5 5 1.5 }} {{ printf "%#x %#o %#b" 255 8 5 }} {{ printf "%#q" "raw" }} {{ printf "%+q" "é" }}',
    '{{ printf "%08.3f|%+08d|%x" 3.14159 42 -255 }} {{ printf "%6.2f%%" 99.5 }}',
    '{{ printf "%v" .Values.nil }} {{ printf "%s" .Values.nope }} {{ printf "%d" nil }}',
    '{{ printf "%v %v" 1e6 123456789.0 }} {{ printf "%v" 0.00001 }} {{ 1e20 }} {{ 1e21 }} {{ 100000.0 }} {{ 0.1 }}',
    '{{ html "<a&\'\\">" }} {{ js "it\'s <b> \\"x\\" =é\\n" }} {{ urlquery "a b&c=d/é" }}',
    '{{ .Values.str | upper | quote }} {{ "x" | printf "%s-%s" "y" }}',
    '{{ (dict "a" 1).a }} {{ (list 1 2) | len }} {{ (index .Values.nested.list 0).name }}',
    '{{ .Release.Name }} {{ .Release.Namespace }} {{ .Release.Service }} {{ .Release.IsInstall }} {{ .Release.IsUpgrade }} {{ .Release.Revision }} {{ .Release.Time }}',
    '{{ .Release }}',
    '{{ .Chart.Name }} {{ .Chart.Version }} {{ .Chart.AppVersion }} {{ .Chart.Description }} {{ .Chart.Annotations }} {{ .Chart.Keywords }} {{ .Chart.IsRoot }} {{ .Chart.Type }}',
    '{{ .Chart }}',
    '{{ .Template.Name }} {{ .Template.BasePath }}',
    '{{ .Capabilities.KubeVersion }} {{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Major }}.{{ .Capabilities.KubeVersion.Minor }} {{ .Capabilities.KubeVersion.GitVersion }}',
    '{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "nope/v1" }} {{ .Capabilities.APIVersions.Has "apps/v1/Deployment" }}',
    '{{ .Capabilities.HelmVersion }} {{ .Capabilities.HelmVersion.Version }}',
    '{{ .Capabilities.APIVersions }} {{ .Capabilities.APIVersions | toJson }} {{ .Capabilities.KubeVersion | toJson }}',
    '{{ typeOf . }} {{ typeOf .Values }} {{ typeOf .Values.map }} {{ typeOf .Files }} {{ typeOf .Capabilities }} {{ typeOf .Chart }}',
    '{{ keys . | sortAlpha }}',
    '{{ .Values.on }} {{ hasKey .Values "on" }} {{ index .Values "true" }}',
    '{{ .Files.Get "f.txt" }}|{{ .Files.Get "nope" }}|{{ .Files.Lines "f.txt" }}|{{ len (.Files.Lines "f.txt") }}',
    '{{ (.Files.Glob "conf/*").AsConfig }}|{{ (.Files.Glob "conf/**").AsSecrets }}',
    '{{ range $path, $bytes := .Files.Glob "conf/*.ini" }}{{ $path }}={{ $.Files.Get $path }};{{ end }}',
    '{{ range $path, $_ := .Files.Glob "{conf/a*,*.txt}" }}{{ $path }};{{ end }}',
    '{{ .Files.GetBytes "f.txt" }} {{ .Files.Glob "nothing*" }}',
    '{{ lookup "v1" "Pod" "ns" "x" }} {{ (lookup "v1" "Pod" "ns" "").items }}',
    '{{ $a := .Values.nope }}{{ $a }}|{{ default "d" $a }}',
    '{{ "a\\\nb" | quote }}'.replace('\\\n', '\\n'),
    '{{- range $i := list 1 2 3 -}}\n  {{ $i }}\n{{- end }}',
    '{{ if true }}\n  a\n{{- else }}\n  b\n{{ end -}}\n  c',
    '{{ $d := dict }}{{ $_ := set $d "k" "v" }}{{ $d }}',
    '{{ $_ := set .Values "added" 5 }}{{ .Values.added }}',
    '{{ .Values.AsMap | typeOf }} {{ .Values.map | toYaml }}',
    '{{ "<no value>" }}|{{ print "a<no value>b" }}',
    '{{ len (print (list nil)) }} {{ list nil 1 }} {{ dict "a" nil }}',
    '{{ range $e := .Values.map }}{{ range $i, $e := $.Values.nil }}{{ else }}{{ empty $e }}{{ end }}{{ end }}',
    '{{ printf "%-6v|%6v|%-6v" (list 1 nil) (dict "a" nil) nil }}',
    '{{ html .Values.nil }} {{ js .Values.nope }} {{ urlquery .Values.nil "a" }} {{ .Values.nil | html }}',
    '{{ toJson .Capabilities.HelmVersion }}{{ toYaml .Capabilities.HelmVersion }}',
    '{{ range list "n" "tru" "-" "1." "1e" "é" "{" "[1" }}{{ fromJson . }}{{ end }}',
    '{{ hasKey (first list) "a" }} {{ omit (first list) "a" }} {{ merge (first list) (dict "b" 1) }}',
  ],
  files: { 'f.txt': 'one\ntwo\n', 'conf/a.ini': 'x=1', 'conf/b.ini': 'y: "2"\nz', 'conf/sub/c.ini': 'deep' },
};
