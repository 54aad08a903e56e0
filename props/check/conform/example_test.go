package conform_test

import (
	"context"
	"errors"
	"fmt"

	"pkgdist/props/check"
	"pkgdist/props/check/conform"
)

// lock is the code: a lock that one of two people can hold. Release has a bug: it does not look at who holds it.
type lock struct{ holder string }

func (l *lock) Acquire(who string) error {
	if l.holder != "" {
		return errors.New("held by " + l.holder)
	}
	l.holder = who
	return nil
}

func (l *lock) Release(string) { l.holder = "" }

// use is a step of the model: who does what.
type use struct{ Who, What string }

func (u use) String() string { return u.Who + " " + u.What }

// To release a lock that somebody else holds is possible, and changes nothing.
var locking = check.Model[string, use]{
	Init: func() []string { return []string{""} },
	Steps: func(holder string, yield func(use, string)) {
		for _, who := range []string{"Ann", "Bob"} {
			if holder == "" {
				yield(use{who, "acquires"}, who)
			} else if holder == who {
				yield(use{who, "releases"}, "")
			} else {
				yield(use{who, "releases"}, holder)
			}
		}
	},
}

// driven is a lock under the control of the model.
type driven struct{ lock }

func (d *driven) Step(_ context.Context, u use) error {
	if u.What == "acquires" {
		return d.Acquire(u.Who)
	}
	d.Release(u.Who)
	return nil
}

func (d *driven) Observe(context.Context) (string, error) { return d.holder, nil }
func (d *driven) Stop() error                             { return nil }

// In a test, conform.Require(t, locking, driver) does this.
func ExampleDrive() {
	driver := conform.Driver[string, use, string]{
		Start:    func(context.Context, *string) (conform.Subject[use, string], error) { return &driven{}, nil },
		Expected: func(holder *string) string { return *holder },
	}
	result, err := conform.Drive(context.Background(), locking, driver, conform.Options[string, use]{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(result.Failure)
	// Output:
	// the subject differs from the model, after 2 steps
	//
	//    1. Ann acquires
	//         state  -> Ann
	//    2. Bob releases
	//    => The model expects state Ann, and saw "".
	//
	// smallest: the subject does not fail like this in any shorter trace
}

// The log does not say when Ann let go of the lock.
func ExampleExplain() {
	log := conform.Log[string, use]{Hidden: func(u use) bool { return u.What == "releases" }}
	for _, u := range []use{{"Ann", "acquires"}, {"Bob", "acquires"}, {"Bob", "acquires"}} {
		log.Lines = append(log.Lines, conform.Line[string, use]{Text: u.String(), Step: func(other use) bool { return other == u }})
	}
	x, err := conform.Explain(context.Background(), locking, log)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(x)
	// Output:
	// explained: 3 lines, in 1 state at the end
	//
	//    1. Ann acquires
	//       | line 1: Ann acquires
	//         state  -> Ann
	//    2. Ann releases
	//         state Ann ->
	//    3. Bob acquires
	//       | line 2: Bob acquires
	//         state  -> Bob
	//    4. Bob releases
	//         state Bob ->
	//    5. Bob acquires
	//       | line 3: Bob acquires
	//         state  -> Bob
}
