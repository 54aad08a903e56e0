package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"pkgdist/props/check/show"
)

type showCommand struct {
	File     string `arg:"" help:"A kept counterexample (.txtar)."`
	Format   string `placeholder:"NAME" help:"Form: ${formats} (default: by the extension of --out, or text)."`
	Out      string `placeholder:"FILE" help:"Write it to this file; - is standard output."`
	Fairness string `enum:"model,none,weak,strong" default:"model" help:"Fairness of the system that a loop has to respect: model, none, weak, strong (default ${default})."`
}

// Run shows the counterexample. It was asked to show and not to judge, so the
// exit code is 0 where it could show all of it; where the steps are no longer
// possible, it shows those that are, and the exit code is that of what cannot be
// said.
func (c *showCommand) Run(t terminal, code *int) error {
	format, err := c.form()
	if err != nil {
		return err
	}
	d, r, err := load(c.File, assumed(c.Fairness))
	if err != nil {
		return err
	}
	text, err := format.Bytes(d)
	if err != nil {
		return err
	}
	if !r.Reproduced {
		*code = exitInconclusive
		fmt.Fprintf(t.stderr, "pkgdist: %s\n", strings.ReplaceAll(d.Conclusion, "\n", " "))
	}
	if c.Out == "" || c.Out == "-" {
		_, err = t.stdout.Write(text)
		return err
	}
	if err := show.WriteFile(c.Out, text); err != nil {
		return fmt.Errorf("--out: %w", err)
	}
	fmt.Fprintf(t.stderr, "wrote %s\n", c.Out)
	return nil
}

// form is the format that was asked for, or else that of the extension. A file whose
// extension says another one is hardly meant.
func (c *showCommand) form() (show.Format, error) {
	var extensions []string
	var form show.Format // of the longest extension that fits
	for _, f := range show.Formats() {
		if strings.HasSuffix(c.Out, f.Extension) && len(f.Extension) > len(form.Extension) {
			form = f
		}
		extensions = append(extensions, f.Extension)
	}
	ext := filepath.Ext(c.Out)
	switch {
	case c.Format == "" && form.Name != "":
		return form, nil
	case c.Format == "" && ext != "":
		return form, fmt.Errorf("--out: no form has the extension %.40q; expected one of %s, or --format beside it", ext, strings.Join(extensions, " "))
	case c.Format == "":
		return show.FindFormat("text")
	}
	asked, err := show.FindFormat(c.Format)
	if err == nil && form.Name != "" && form.Name != "text" && form.Name != asked.Name {
		return form, fmt.Errorf("--format %s: a file *%s is of the form %s; expected --out *%s, or no --format", asked.Name, form.Extension, form.Name, asked.Extension)
	}
	return asked, err
}

// keeping are the flags that say where counterexamples are kept, and in which forms.
type keeping struct {
	Out    string   `placeholder:"DIR" help:"Write each counterexample to a file in this folder."`
	Format []string `sep:"none" placeholder:"NAME,…" help:"With --out: write each counterexample in these forms too: ${formats}."`
}

// prepare returns the forms, and makes the folder: before the work, so that none of
// it is lost.
func (k *keeping) prepare() ([]show.Format, error) {
	if len(k.Format) > 0 && k.Out == "" {
		return nil, fmt.Errorf("--format: says in which forms --out keeps counterexamples; expected --out beside it")
	}
	var forms []show.Format
	if len(k.Format) > 0 {
		var err error
		if forms, err = formats(k.Format); err != nil {
			return nil, err
		}
	}
	switch k.Out {
	case "":
		return forms, nil
	case "-":
		return nil, fmt.Errorf("--out: expected a folder, found -")
	}
	if err := os.MkdirAll(k.Out, 0o777); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return forms, nil
}

// formats returns the formats of that name, each once. An empty name is refused.
func formats(names []string) ([]show.Format, error) {
	var list []show.Format
	seen := map[string]bool{}
	for _, name := range split(names) {
		f, err := show.FindFormat(name)
		if err != nil {
			return nil, err
		}
		if !seen[name] {
			list = append(list, f)
		}
		seen[name] = true
	}
	return list, nil
}
