package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"pkgdist/props/check"
	"pkgdist/props/check/show"
	"pkgdist/props/diagnose"
	"pkgdist/props/logs"
	"pkgdist/props/report"
	"pkgdist/props/run"
)

type logsCommand struct {
	Files     []string `arg:"" optional:"" name:"file|folder" help:"Logs of a site's components, such as distmgr.log and despool.log, or a folder with its .log and .lo_ files. Those in one folder are taken as those of one site."`
	Package   []string `sep:"none" placeholder:"ID,…" help:"Only these packages."`
	Site      []string `sep:"none" placeholder:"CODE,…" help:"Only these sites."`
	All       bool     `xor:"print" help:"Print everything: of all packages every line, and what must hold."`
	JSON      bool     `name:"json" xor:"print" help:"Print one JSON object."`
	Messages  bool     `xor:"print" help:"Print what each message of a log says about the protocol, and which say nothing, and why."`
	Format    []string `sep:"none" placeholder:"NAME,…" help:"Write the most relevant package as a page (html), with its real times (chrome), or in other forms: ${formats}. With --out, each package is a file there."`
	Out       string   `placeholder:"FOLDER" help:"The folder for --format (default: standard output, for one package and one form)."`
	Tolerance int      `default:"0" placeholder:"N" help:"How many lines may be out of order (default ${default}; lines of several files are merged by time first)."`
	Zone      string   `default:"UTC" placeholder:"NAME" help:"The time zone of lines that do not say theirs, such as Europe/London (default ${default})."`
	bounds    `embed:""`
}

// Help says what the exit code means here.
func (c *logsCommand) Help() string {
	return "Exit codes: 0 nobody has to act for any package; 1 something is wrong; 2 a log cannot be read; 3 it cannot be told, or the log ends too early."
}

// clocks is how far the lines of several files may be out of order: what one clock does between writing two lines.
const clocks = time.Second

// Run reads the logs, and holds each package and site against the model.
func (c *logsCommand) Run(t terminal, code *int) error {
	if c.Messages {
		return t.screen.Readings(t.stdout)
	}
	if len(c.Files) == 0 {
		return fmt.Errorf("expected a file or a folder after the command (pkgdist logs --help tells more)")
	}
	if err := c.enter(); err != nil {
		return err
	}
	forms, err := c.prepare()
	if err != nil {
		return err
	}
	t, cancel := c.within(t)
	defer cancel()
	read, cases, err := c.read(t)
	if err != nil {
		return err
	}
	list, err := c.diagnose(t, cases)
	if err != nil {
		return err
	}
	*code = exitOfLogs(list)
	if len(forms) > 0 {
		return c.write(t, list, forms)
	}
	if c.JSON {
		return report.LogsJSON(t.stdout, read, list)
	}
	return t.screen.Logs(t.stdout, read, list, c.All || len(c.Package) > 0)
}

// enter puts the logs of a folder in its place. Components write .log, and rename a full one to .lo_.
func (c *logsCommand) enter() error {
	var files []string
	for _, name := range c.Files {
		entries, err := os.ReadDir(name)
		if err != nil { // a file, or what is not there, which whoever reads it says
			files = append(files, name)
			continue
		}
		before := len(files)
		for _, e := range entries {
			if ext := strings.ToLower(filepath.Ext(e.Name())); !e.IsDir() && (ext == ".log" || ext == ".lo_") {
				files = append(files, filepath.Join(name, e.Name()))
			}
		}
		if len(files) == before {
			return fmt.Errorf("%s: expected a folder with .log or .lo_ files, found none (name other files themselves)", name)
		}
	}
	c.Files = files
	return nil
}

func (c *logsCommand) prepare() ([]show.Format, error) {
	if c.Out != "" && len(c.Format) == 0 {
		return nil, fmt.Errorf("--out: is the folder for --format; expected --format beside it")
	}
	if c.Tolerance < 0 || c.Tolerance > 63 {
		return nil, fmt.Errorf("--tolerance: expected a number of lines from 0 to 63, found %d", c.Tolerance)
	}
	if len(c.Format) == 0 {
		return nil, nil
	}
	forms, err := formats(c.Format)
	if err != nil {
		return nil, err
	}
	if c.Out == "" {
		if len(forms) > 1 {
			return nil, fmt.Errorf("--format: expected one form on standard output, or --out with a folder, found %d", len(forms))
		}
		return forms, nil
	}
	if err := os.MkdirAll(c.Out, 0o777); err != nil {
		return nil, fmt.Errorf("--out: %w", err)
	}
	return forms, nil
}

// mostBad is how many pieces that cannot be read are kept to be told.
const mostBad = 3

// read reads the logs, and sorts what they say by package and site.
func (c *logsCommand) read(t terminal) (*report.Read, []*diagnose.Case, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, nil, fmt.Errorf("--zone: expected a time zone such as Europe/London, found %.40q", c.Zone)
	}
	line := newStatusLine(t.stderr, "reading")
	defer line.clear()
	read, collect := &report.Read{Files: len(c.Files)}, diagnose.Collect{}
	for r, err := range logs.ReadFiles(clocks, zone, c.Files...) {
		var bad *logs.BadError
		var order *logs.OrderError
		switch {
		case errors.As(err, &bad), errors.As(err, &order):
			if read.BadCount++; read.BadCount <= mostBad {
				read.Bad = append(read.Bad, err)
			}
			continue
		case err != nil:
			return nil, nil, err
		}
		if read.Records++; read.Records%10_000 == 0 {
			line.show(fmt.Sprintf("reading: %s lines", show.Number(int64(read.Records))))
			if t.ctx.Err() != nil {
				return nil, nil, fmt.Errorf("reading ended early, after %s lines: %w", show.Number(int64(read.Records)), t.ctx.Err())
			}
		}
		if m, ok := logs.Recognise(&r); ok {
			read.Messages++
			collect.Add(m)
		}
	}
	if read.Records == 0 && read.BadCount > 0 {
		return nil, nil, read.Bad[0]
	}
	return read, c.wanted(collect.Cases()), nil
}

func (c *logsCommand) wanted(list []*diagnose.Case) []*diagnose.Case {
	is := func(names []string, name string) bool {
		return len(names) == 0 || slices.ContainsFunc(split(names), func(n string) bool { return strings.EqualFold(n, name) })
	}
	return slices.DeleteFunc(slices.Clone(list), func(k *diagnose.Case) bool { return !is(c.Package, k.Package) || !is(c.Site, k.SiteName()) })
}

// diagnose holds the cases against the model, several at the same time, and orders them by relevance.
func (c *logsCommand) diagnose(t terminal, cases []*diagnose.Case) ([]*diagnose.Diagnosis, error) {
	line := newStatusLine(t.stderr, "diagnosing")
	defer line.clear()
	list, errs := make([]*diagnose.Diagnosis, len(cases)), make([]error, len(cases))
	var mu sync.Mutex
	done := 0
	workers := int(c.Workers)
	if workers == 0 {
		workers = runtime.GOMAXPROCS(0)
	}
	run.Each(workers, len(cases), func(i int) {
		list[i], errs[i] = diagnose.Diagnose(t.ctx, cases[i], diagnose.Options{Tolerance: c.Tolerance})
		mu.Lock()
		defer mu.Unlock()
		done++
		line.show(fmt.Sprintf("diagnosing: %d of %d packages and sites", done, len(cases)))
	})
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, report.Relevance)
	return list, nil
}

// exitOfLogs is the exit code of all packages together. What a site sends is judged at the sites below it.
func exitOfLogs(list []*diagnose.Diagnosis) int {
	var outcomes []check.Outcome
	for _, d := range list {
		if !d.Sends {
			outcomes = append(outcomes, report.LogOutcome(d))
		}
	}
	if len(outcomes) == 0 {
		return exitInconclusive
	}
	return worst(outcomes)
}

// write writes packages in other forms: each into the folder, or the most relevant to standard output.
func (c *logsCommand) write(t terminal, list []*diagnose.Diagnosis, forms []show.Format) error {
	written := 0
	for _, d := range list {
		if len(d.Found) == 0 {
			continue
		}
		doc, err := d.Document()
		if err != nil {
			return err
		}
		for _, f := range forms {
			if c.Out == "" {
				return f.Write(t.stdout, doc)
			}
			var text bytes.Buffer
			if err := f.Write(&text, doc); err != nil {
				return err
			}
			path := filepath.Join(c.Out, d.Package+"-"+d.SiteName()+f.Extension)
			if err := show.WriteFile(path, text.Bytes()); err != nil {
				return fmt.Errorf("--out: %w", err)
			}
			fmt.Fprintf(t.stdout, "%s: %s\n", d.Name(), path)
			written++
		}
	}
	if written == 0 {
		fmt.Fprintln(t.stderr, "pkgdist: no package is explained by the model, so that there is nothing to draw")
	}
	return nil
}
