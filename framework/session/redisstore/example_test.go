package redisstore_test

import (
	"fmt"

	"github.com/redis/go-redis/v9"

	"github.com/mastaba-go/mastaba/framework"
	"github.com/mastaba-go/mastaba/framework/session"
	"github.com/mastaba-go/mastaba/framework/session/redisstore"
)

func Example() {
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
	defer func() { _ = client.Close() }() // in a program, when the application has stopped
	store, err := redisstore.New(client, redisstore.Options{Prefix: "shop:session:"})
	if err != nil {
		fmt.Println(err)
		return
	}
	sessions, err := session.New(session.Options{Store: store})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = framework.New(framework.Options{Sessions: sessions}).App()
	fmt.Println(err)
	// Output: <nil>
}
