package show

import (
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
)

var (
	//go:embed index.html
	indexText   string
	index       = template.Must(template.New("index").Parse(indexText))
	indexPolicy = fmt.Sprintf("default-src 'none'; style-src %s; base-uri 'none'; form-action 'none'", hash(pageStyle))
)

type (
	indexData struct {
		*Table
		Policy, Heading string
		Style           template.CSS
		Rows            []indexRow
	}
	indexRow struct {
		Name, Says string
		Cells      []*Verdict
	}
)

// HTML writes the table as a page that needs nothing else, with the links of the
// verdicts.
func (t *Table) HTML(w io.Writer) error {
	data := indexData{Table: t, Policy: indexPolicy, Heading: cmp.Or(t.Title, "What was found"), Style: template.CSS(pageStyle)}
	for i := range t.Runs {
		for j := range t.Runs[i].Verdicts {
			v := &t.Runs[i].Verdicts[j]
			if i == 0 {
				data.Rows = append(data.Rows, indexRow{Name: v.Name, Says: v.Says})
			}
			data.Rows[j].Cells = append(data.Rows[j].Cells, v)
		}
	}
	return index.Execute(w, data)
}
