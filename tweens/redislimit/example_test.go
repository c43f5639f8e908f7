package redislimit_test

import (
	"log"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/tweens/ratelimit"
	"github.com/mastaba-go/mastaba/tweens/redislimit"
)

// Several processes share the limits of an application. The limit of attempts to log in refuses
// requests while Redis is down; the other lets them pass.
func ExampleNew() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
	store, err := redislimit.New(client, redislimit.Options{})
	if err != nil {
		log.Fatal(err)
	}
	config := framework.New(framework.Options{TrustedProxies: []string{"10.0.0.0/8"}})
	config.AddTween("rate limit", ratelimit.New(ratelimit.Options{Store: store},
		ratelimit.Rate{Requests: 100, Per: time.Minute},
		ratelimit.Rate{Requests: 5000, Per: time.Hour, Key: ratelimit.ByUser()}))
	_, err = config.App()
	if err != nil {
		log.Fatal(err)
	}
}
