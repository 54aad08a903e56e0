package show

import (
	"encoding/json"
	"io"
)

// writeJSON writes a value as a person may read it too.
func writeJSON(w io.Writer, indent string, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
