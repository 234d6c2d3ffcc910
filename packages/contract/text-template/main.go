// Writes table.generated.json: what Go's text/template makes of each template below, and what the text is when it is
// read again as JSON.
//
// Run in this folder after adding a row:
//
//	go run . > table.generated.json
package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"text/template"
)

const config = `{
	"name": "web", "empty": "", "version": "1.0", "zero": "007", "json": "{\"a\": [1, true, null]}", "quoted": "\"x\"",
	"spaces": "  1  ", "braces": "{{ .config.name }}", "text": "a\nb \"c\" <&>", "yes": true, "no": false,
	"int": 3, "neg": -3, "float": 0.5, "million": 1000000, "many": 123456789, "big": 100000000000000000000,
	"huge": 1e21, "hundred": 100000, "almost": 999999, "seven": 1234567, "mixed": 123456.7, "little": 0.00012345, "max": 1.7976931348623157e308, "small": 0.0001, "tiny": 0.00001, "long": 0.1234567890123,
	"negzero": -0.0, "third": 0.3333333333333333, "unsafe": 9007199254740993,
	"deep": {"a": {"b": "c", "n": 5}}, "list": ["a", "b"], "nothing": null, "out": "1e999", "ünder_1": "u"
}`

var templates = []string{
	"{{ .config.name }}", "{{.config.name}}", "{{\t.config.name\n}}", "x-{{ .config.name }}-y", "{{ .config.empty }}",
	"{{ .config.version }}", "v{{ .config.version }}", "{{ .config.zero }}", "{{ .config.json }}", "{{ .config.quoted }}",
	"{{ .config.spaces }}", "{{ .config.braces }}", "{{ .config.text }}", "{{ .config.yes }}", "{{ .config.no }}",
	"{{ .config.int }}", "{{ .config.neg }}", "{{ .config.float }}", "{{ .config.million }}", "port-{{ .config.million }}",
	"{{ .config.many }}", "n{{ .config.many }}", "n{{ .config.big }}", "n{{ .config.huge }}", "n{{ .config.max }}",
	"n{{ .config.small }}", "n{{ .config.tiny }}", "n{{ .config.long }}", "n{{ .config.negzero }}", "n{{ .config.third }}",
	"n{{ .config.unsafe }}", "n{{ .config.hundred }}", "n{{ .config.almost }}", "n{{ .config.seven }}", "n{{ .config.mixed }}",
	"n{{ .config.little }}", "{{ .config.missing }}", "{{ .config.deep.a.b }}", "{{ .config.deep.a.n }}", "{{ .config.ünder_1 }}",
	"{{ .config.name }}{{ .config.int }}", "{{ .config.int }}{{ .config.int }}", "{{ .config.out }}",
	"[{{ .config.int }}, {{ .config.yes }}]", "{\"a\": \"{{ .config.name }}\"}", "\"{{ .config.name }}\"",
	"a {{- .config.name -}} b", "a {{- .config.name }} b", "a {{ .config.name -}} b", "a \n\t{{- .config.name -}}\r\n b",
	"a {{- 3 }} b", "a {{ -3 }} b", "a {{-3 }} b", "{{ 3 -}} b", "{{ .config.name-}} b", "{{ .config.name - }}",
	"{{/* c */}}x", "a {{- /* c */ -}} b", "{{ /* c */ }}", "{{/* c }} */}}", "{{/* c", "{{/* c */ }}", "{{- /* c */}}x",
	"{{ \"{{\" }}x}}", "{{ `a\"b` }}", "{{ \"}}\" }}", "{{ \"a\\n\\\"b\" }}", "{{ \"\" }}", "{{ true }}", "{{ 12 }}", "{{ 0 }}",
	"}} {{ .config.name }}", "{{ .config.name }} }}", "{{{ .config.name }}}", "{ { .config.name } } {{ 1 }}", "{{ 1 }}",
	"{{", "{{ ", "{{ }}", "{{}}", "{{ .config.name", "{{ .config.name }", "{{ \"a }}", "{{ .config. }}", "{{ .config..name }}",
	"{{ . config }}", "{{ .config.a-b }}", "{{ config.name }}", "{{ .config.1 }}", "{{ .other.name }}", "{{ .config.deep.x.y }}",
	"{{ .config.name.x }}", "{{ foo }}", "{{ foo .config.name }}", "{{ .config.name | foo }}", "{{ if }}", "{{ end }}",
	"{{ randBase62 }}", "{{ randBase62 \"a\" }}", "{{ randBase62 0 }}", "{{ .config.name 3 }}", "{{ 'a", "{{ .config.name, }}",
}

type row struct {
	Template string `json:"template"`
	Error    string `json:"error,omitempty"`
	Text     string `json:"text"`
	// The text read again as JSON, or the text where it is none.
	Value any `json:"value"`
}

func main() {
	var data map[string]any
	if err := json.Unmarshal([]byte(config), &data); err != nil {
		panic(err)
	}
	rows := []row{}
	for _, text := range templates {
		rows = append(rows, render(text, map[string]any{"config": data}))
	}
	encoder := json.NewEncoder(os.Stdout)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", " ")
	if err := encoder.Encode(map[string]any{"config": json.RawMessage(config), "rows": rows}); err != nil {
		panic(err)
	}
}

func render(text string, data any) row {
	functions := template.FuncMap{"randBase62": func(n int) string { return strings.Repeat("R", n) }}
	parsed, err := template.New("t").Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return row{Template: text, Error: err.Error()}
	}
	var out bytes.Buffer
	if err := parsed.Execute(&out, data); err != nil {
		return row{Template: text, Error: err.Error()}
	}
	var value any
	if err := json.Unmarshal(out.Bytes(), &value); err != nil {
		value = out.String()
	}
	return row{Template: text, Text: out.String(), Value: value}
}
