package ratelimit_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/rs/zerolog"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/views"
)

// Each client may send 100 requests a minute. Attempts to log in have a limit of their own.
func ExampleNew() {
	nop := zerolog.Nop()
	config := framework.New(framework.Options{Logger: &nop})
	config.AddView(views.Func(func(r *framework.Request) (*framework.Response, error) {
		return r.Text("wrong password\n"), nil
	}), views.Name("login"), views.Around(ratelimit.New(ratelimit.Options{},
		ratelimit.Rate{Name: "login", Requests: 2, Per: time.Minute})))
	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{}, ratelimit.Rate{Requests: 100, Per: time.Minute}))
	app, err := config.App()
	if err != nil {
		log.Fatal(err)
	}
	for range 3 {
		w := httptest.NewRecorder()
		app.ServeHTTP(w, httptest.NewRequest("POST", "/login", nil))
		fmt.Printf("%d %s %q\n", w.Code, w.Header().Values("RateLimit-Policy")[1], w.Header().Get("Retry-After"))
	}
	// Output:
	// 200 "login";q=2;w=60 ""
	// 200 "login";q=2;w=60 ""
	// 429 "login";q=2;w=60 "30"
}
