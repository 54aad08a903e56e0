package show

import (
	"encoding/json"
	"io"
)

// WriteJSON writes a value as a person may read it too.
func WriteJSON(w io.Writer, indent string, value any) error {
	enc := json.NewEncoder(w)
	enc.SetIndent("", indent)
	enc.SetEscapeHTML(false)
	return enc.Encode(value)
}
