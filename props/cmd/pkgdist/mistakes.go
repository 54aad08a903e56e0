package main

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"unicode"

	"github.com/alecthomas/kong"

	"pkgdist/props/check/show"
)

// rewordings are messages of the parser of flags, and how they are said here: what
// was expected, what was found, and what to do.
var rewordings = []struct {
	said *regexp.Regexp
	here string
}{
	{regexp.MustCompile(`^(--[a-z-]+)\S*: expected .* value but got "EOL".*`), "$1: expected a value after it"},
	{regexp.MustCompile(`^(--[a-z-]+)\S*: expected .* but got "(.*?)" \(.*flag\).*`), `$1: expected a value after it, found $2; a value that begins with - is written $1=$2`},
	{regexp.MustCompile(`^(--[a-z-]+)\S*: bool value must be .* but got (".*")$`), "$1: expected nothing after it, or =true or =false, found $2"},
	{regexp.MustCompile(`^(--[a-z-]+) and (--[a-z-]+) can't be used together$`), "$1 and $2: expected one of them, found both"},
	{regexp.MustCompile(`^expected "<(\w+)>(?: \.\.\.)?"$`), "expected a $1 after the command"},
}

var oneOf = regexp.MustCompile(`(?s)^(.*?)(?: \.\.\.\])? must be one of (".*") but got "(.*)"$`)

// plain rewords an error of the parser, with the nearest name where one is not known.
func plain(parser *kong.Kong, err error) error {
	text, command := err.Error(), ""
	var wrong *kong.ParseError
	if errors.As(err, &wrong) && wrong.Context.Selected() != nil {
		command = wrong.Context.Selected().Name + " "
	}
	switch m := oneOf.FindStringSubmatch(text); {
	case m != nil:
		known := strings.Split(strings.ReplaceAll(m[2], `"`, ""), ",")
		flag := strings.NewReplacer("[", "", "<", "", ">", "").Replace(m[1])
		text = fmt.Sprintf("%s: expected %s, found %.40q", flag, strings.Join(known, ", "), m[3])
		if near, ok := show.Nearest(m[3], known); ok {
			text += "; did you mean " + near + "?"
		}
	case command == "" && (strings.HasPrefix(text, "expected one of") || strings.HasPrefix(text, "unexpected argument")):
		var known []string
		for _, c := range parser.Model.Children {
			if !c.Hidden {
				known = append(known, c.Name)
			}
		}
		name, found := strings.CutPrefix(text, "unexpected argument ")
		name, _, _ = strings.Cut(name, ", did you mean")
		if text = "expected a command"; found {
			text = fmt.Sprintf("unknown command %.40q", name)
		}
		text += show.DidYouMean(name, known)
	}
	for _, r := range rewordings {
		text = r.said.ReplaceAllString(text, r.here)
	}
	return fmt.Errorf("%s (pkgdist %s--help tells more)", text, command)
}

// refuseEmpty refuses a flag that was given without anything in it, which is most
// often a variable of a shell that is not set.
func refuseEmpty(parsed *kong.Context) error {
	for _, p := range parsed.Path {
		if p.Flag != nil && p.Flag.Target.Kind() == reflect.String && p.Flag.Target.Len() == 0 {
			return fmt.Errorf("--%s: expected a value, found an empty one", p.Flag.Name)
		}
	}
	return nil
}

// printable has no character that a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}
