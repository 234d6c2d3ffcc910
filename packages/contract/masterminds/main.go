// Writes table.generated.json: what the real Masterminds/semver answers for every constraint and version below.
//
// Run in this folder, after adding a row or raising the version in go.mod:
//
//	go run . > table.generated.json
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/Masterminds/semver/v3"
)

var versions = []string{
	"0.0.0", "0.0.1", "0.0.3", "0.0.4", "0.1.0", "0.1.7", "0.1.8", "0.1.20", "0.1.21", "0.1.24", "0.2.0", "0.2.3",
	"0.2.9", "0.3.0", "0.9.9", "1.0.0", "1.0.1", "1.1.0", "1.1.1", "1.2.0", "1.2.2", "1.2.3", "1.2.4", "1.3.0",
	"1.9.9", "2.0.0", "2.0.1", "2.1.0", "2.4.5", "3.0.0", "3.2.1", "4.0.0", "4.5.6", "10.0.0", "11.1.0", "11.2.1",
	"12.0.0", "20.3.1",
	"0.0.0-0", "0.1.24-rc.1", "0.2.0-alpha", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.2", "1.0.0-alpha.10",
	"1.0.0-beta", "1.0.0-rc.1", "1.0.0-1", "1.2.0-0", "1.2.3-alpha", "1.2.3-beta.2", "1.2.3-beta.11", "2.0.0-0",
	"2.0.0-alpha", "2.0.0-rc.1", "2.1.0-alpha", "3.0.0-beta-1",
	"1.2.3+build", "1.2.3-beta.2+build.5", "v1.2.3", "v0.1.24", "1.2", "1", "v2", "01.2.3", "1.02.3", "1.2.3-x.7.z.92",
}

var invalidVersions = []string{
	"", " ", "v", "a", "1.", "1.2.", ".1", "1.2.3.4", "1.2.3-", "1.2.3+", "1.2.3-01", "1.2.3-a..b", "1.2.x", "V1.2.3",
	" 1.2.3", "1.2.3 ", "1.2.3\n", "-1.2.3", "1.-2.3", "1.2.3-ä", "1.2.3-a_b", "1,2,3", "latest", "1.2.3-rc.01",
	"vv1.2.3", "1..3", "1.2.3+a..b", "1.2.3+a+b", strings.Repeat("1", 257),
}

var constraints = []string{
	// as the contract writes them
	">= 0.0.0, < 1.0.0", ">= 0.1.8, <= 0.1.20", ">= 0.1.21", "<= 0.1.7", ">=0.1.21,<1", ">= 0.0.0-0, < 1.0.0", "*",
	// every operator
	"1.2.3", "=1.2.3", "= 1.2.3", "!=1.2.3", ">1.2.3", "<1.2.3", ">=1.2.3", "=>1.2.3", "<=1.2.3", "=<1.2.3",
	"~1.2.3", "~>1.2.3", "^1.2.3", "v1.2.3", ">=v1.2.3", "> v1.2.3", "==1.2.3", "<>1.2.3", "~=1.2.3", "^=1.2.3",
	// partial versions
	"1", "1.2", "=1", "=1.2", "!=1", "!=1.2", ">1", ">1.2", ">11", ">11.1", "<1", "<1.2", ">=1", ">=1.2", "<=1",
	"<=1.2", "<=11", "~1", "~1.2", "^1", "^1.2", "0", "0.0", ">0", "<=0", ">=0", "!=0",
	// wildcards
	"x", "X", "1.x", "1.X", "1.*", "1.2.x", "1.2.X", "1.2.*", "1.x.x", "1.*.*", "x.x.x", "*.*.*", "1.x.3", "*.2.3",
	"=*", "!=*", ">*", "<*", ">=*", "<=*", "~*", "^*", "!=1.x", "!=1.2.x", ">1.x", ">1.2.x", "<1.x", "<1.2.x",
	">=1.x", ">=1.2.x", "<=1.x", "<=1.2.x", "~1.x", "~1.2.x", "^1.x", "^1.2.x", "~x", "^x", "0.x", "0.0.x", "0.*.*",
	// tilde and caret below 1.0.0
	"~0", "~0.0", "~0.0.0", "~0.0.3", "~0.1", "~0.1.7", "~0.2.3", "~>0.1.8", "^0", "^0.0", "^0.0.0", "^0.0.3",
	"^0.1", "^0.1.7", "^0.2", "^0.2.3", "^0.x", "^0.0.x", "^0.1.x", "~0.x", "~0.0.x", "^0.1.21",
	// and, or
	">=1.0.0 <2.0.0", ">=1.0.0, <2.0.0", ">=1.0.0,<2.0.0", ">=1.0.0 , <2.0.0", ">= 1.0.0   < 2.0.0", ">1, <3",
	">1, <3, !=2.0.1", "1.2.3 || 2.0.0", "1.2.3||2.0.0", "<1.0.0 || >=2.0.0", "<1.0.0 || >=2.0.0, <3.0.0 || 4.x",
	"^1 || ^3", "~0.1.7 || ^1.2.3", "1.x || 2.x", ">=1.0.0 <2.0.0 || >=3.0.0", ">2, <1", "!=1.2.3 !=2.0.0",
	">=1 !=1.2.x", ">=0.1.8 <=0.1.20 || >=0.1.21-0", "1.2.3 1.2.3", "1.2.3, 1.2.4", ">=1.2.3<2.0.0", "1 2",
	">=1.2.3,\t<2.0.0", ">=1.2.3\n<2.0.0", ">=1.2.3 ,<2.0.0", ",", ", >=1", ">=1,", ">=1,,<2", "||", "1||", "||1",
	"1 || ", " || 1", "1 | 2", "1|2", "1 ||| 2", "1 && 2", ">=1 and <2",
	// hyphen ranges
	"1.2.3 - 2.0.0", "1.2 - 2", "1 - 2.1", "1.0.0-alpha - 1.0.0", "1.2.3  -  2.0.0", "1.2.3 -2.0.0", "1.2.3- 2.0.0",
	"1.2.3-2.0.0", "1.2.3 - 2.0.0 || 3.x", "0.1.8 - 0.1.20", "1.x - 2.x", "* - 2", "1 - *", "1 - 2 3 - 4",
	"1 - 2, !=1.2.3", ">=1 - 2", "1 - <2", "2.0.0 - 1.0.0", "v1.2.3 - v2.0.0", "1 - 2 - 3", "1 - 2 || 1 - 2",
	// pre-releases
	"1.0.0-alpha", "=1.0.0-alpha.1", "!=1.0.0-alpha", ">1.0.0-alpha", "<1.0.0-beta", ">=1.0.0-alpha.2",
	"<=1.0.0-alpha.10", "~1.0.0-alpha", "^1.0.0-alpha", ">=1.0.0-0", ">=1.0.0-0 <2.0.0-0", ">=1.0.0-0, <2.0.0",
	">=0-0", ">=0.0.0-0", "*-0", ">*-0", "x-alpha", "1.x-alpha", "1.2.x-beta", "!=1.2.x-beta", "1-alpha", "1.2-beta.2",
	">1-alpha", "<=1-alpha", "<2-0", "~1.2.3-beta.2", "^1.2.3-beta.2", "^0.1.24-rc.1", "^0.0.0-0", "~0.0.0-0",
	"~0-0", "^0-0", ">=1.0.0 || >=2.0.0-0", ">=1.2.3-beta.2, !=1.2.3-beta.11", ">=0.1.24-rc.1, <1.0.0", "!=2.0.0-rc.1",
	"<=2-0", "!=1-0", "!=1.2-0", ">1.2-0",
	// build metadata
	"1.2.3+build", "=1.2.3+other", "!=1.2.3+build", ">=1.2.3+build", "1.2+build", "1+build", ">1.2.3-beta.2+x",
	"^1.2.3+a.b", "1.2.3+", "1.2.3+a..b",
	// white space and emptiness
	"", " ", "  1.2.3  ", ">=  1.2.3", " >= 1.2.3 ", "\t1.2.3\n", ">= 1.2.3  ,  < 2.0.0", "1.2.3\u00a0", "\u00a01.2.3",
	// what is none
	"a", "latest", "foo bar", "1.2.3.4", "1.2.3.", "1.2.", "1.", ".1", "1..3", ">", "<=", "~", "^", ">>1", "> >1",
	">=", "=>", ">= ", "1.2.3-", "1.2.3-01", ">=1.2.3-a..b", "1.2.3-ä", "1.2.3 foo", "foo 1.2.3", "xx", "1xx", "1.xx",
	"x1", "1x", "1.2x", "**", "1.**", "|", "1.|", "V1.2.3", "v", ">=v", "vv1", "-1", "+1", "1,2,3", "(1.2.3)", "[1,2)",
	"1.2.3;", "\"1.2.3\"", "1 or 2", "!1.2.3", "! =1.2.3", "> =1.2.3", "~ 1.2", "^ 1.2.3", "~ >1.2.3", "~>  1.2", "01.2.3",
	">=01.02.03", "1.2.3-alpha_1", "1.2.3 -", "- 1.2.3", "null", "{}", ">=1.0.0 <", "1.2.3\x00",
	strings.Repeat("1.2.3 ", 86), strings.Repeat("1.2.3 ", 85), strings.Repeat("1||", 31) + "2", strings.Repeat("1||", 32) + "2",
	strings.Repeat("1    ", 60) + "!", strings.Repeat("ä", 257), ">=1" + strings.Repeat(" ", 400),
}

type row struct {
	Constraint string `json:"constraint"`
	// The library's reason when the constraint is none, otherwise absent.
	Error string `json:"error,omitempty"`
	// One character for each of the table's versions: 1 when it satisfies the constraint.
	Answers string `json:"answers,omitempty"`
}

func main() {
	var out bytes.Buffer
	write := func(value any) {
		encoder := json.NewEncoder(&out)
		encoder.SetEscapeHTML(false)
		if err := encoder.Encode(value); err != nil {
			panic(err)
		}
		out.Truncate(out.Len() - 1)
	}

	out.WriteString("{\n\"library\": ")
	write(library())
	out.WriteString(",\n\"versions\": ")
	write(versions)
	out.WriteString(",\n\"invalidVersions\": ")
	write(invalidVersions)
	for _, text := range invalidVersions {
		if _, err := semver.NewVersion(text); err == nil {
			fmt.Fprintf(os.Stderr, "%q is a version: expected none\n", text)
			os.Exit(1)
		}
	}
	out.WriteString(",\n\"rows\": [\n")
	for i, text := range constraints {
		if i > 0 {
			out.WriteString(",\n")
		}
		write(ask(text))
	}
	out.WriteString("\n]\n}\n")
	os.Stdout.Write(out.Bytes())
}

func ask(text string) row {
	constraint, err := semver.NewConstraint(text)
	if err != nil {
		return row{Constraint: text, Error: err.Error()}
	}
	answers := ""
	for _, version := range versions {
		if constraint.Check(semver.MustParse(version)) {
			answers += "1"
		} else {
			answers += "0"
		}
	}
	return row{Constraint: text, Answers: answers}
}

func library() string {
	info, _ := debug.ReadBuildInfo()
	for _, dependency := range info.Deps {
		if strings.HasSuffix(dependency.Path, "/semver/v3") {
			return dependency.Path + " " + dependency.Version
		}
	}
	return ""
}
