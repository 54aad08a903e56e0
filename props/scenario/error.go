package scenario

import (
	"errors"

	"pkgdist/model"
	"pkgdist/props/check/show"
)

// Describe is an error with the nearest name, if it is about a name.
func Describe(err error) string {
	var unknown *model.UnknownError
	if errors.As(err, &unknown) {
		return err.Error() + show.DidYouMean(unknown.Name, unknown.Known)
	}
	return err.Error()
}

func excerpt(s string) string { return show.Excerpt(s, 40) }
