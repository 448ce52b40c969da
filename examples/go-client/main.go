// A walk through the verification in a terminal: captcha, text, code, registration.
// The types of the service, and the functions that call it, are generated; see README.md.
package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"git.sr.ht/~emersion/gqlclient"
)

var (
	ctx     = context.Background()
	service *gqlclient.Client
	input   = bufio.NewScanner(os.Stdin)
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: go-client http://127.0.0.1:4000/graphql 13700137000")
		os.Exit(2)
	}
	service = gqlclient.New(os.Args[1], nil)
	if err := walk(os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func walk(mobile string) error {
	if err := requestCode(mobile); err != nil {
		return err
	}
	token, err := proveMobile(mobile)
	if err != nil {
		return err
	}
	return register(token)
}

// requestCode has a text sent, with as many captchas as it takes to read one rightly.
func requestCode(mobile string) error {
	for {
		captcha, err := newCaptcha()
		if err != nil {
			return err
		}
		answer, err := ask("captcha " + captcha.Id + " is in captcha.png; its characters?")
		if err != nil {
			return err
		}
		result, err := RequestSmsCode(service, ctx, RequestSmsCodeInput{
			Mobile:        mobile,
			CaptchaId:     captcha.Id,
			CaptchaAnswer: answer,
			Purpose:       SmsCodePurposeRegister, // the default of the schema has to be written out in Go
		})
		if err != nil {
			return err
		}
		switch outcome := result.Value.(type) {
		case *SmsCodeSent:
			fmt.Printf("sent %d digits to %s\n", outcome.CodeLength, outcome.Mobile)
			return nil
		case *CaptchaMismatchError:
			fmt.Println(outcome.Message)
		case *TooManyRequestsError:
			return fmt.Errorf("%s (%s, %d s)", outcome.Message, outcome.Scope, outcome.RetryAfterSeconds)
		default:
			return refusal(outcome)
		}
	}
}

func newCaptcha() (*ImageCaptcha, error) {
	result, err := NewCaptcha(service, ctx)
	if err != nil {
		return nil, err
	}
	captcha, isCaptcha := result.Value.(*ImageCaptcha)
	if !isCaptcha {
		return nil, refusal(result.Value)
	}
	picture, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(captcha.Image, "data:image/png;base64,"))
	if err != nil {
		return nil, err
	}
	return captcha, os.WriteFile("captcha.png", picture, 0o600)
}

// proveMobile trades the code for a token, with as many tries as the service grants.
func proveMobile(mobile string) (string, error) {
	for {
		code, err := ask("the code?")
		if err != nil {
			return "", err
		}
		result, err := VerifySmsCode(service, ctx, VerifySmsCodeInput{
			Mobile:  mobile,
			Code:    code,
			Purpose: SmsCodePurposeRegister,
		})
		if err != nil {
			return "", err
		}
		switch outcome := result.Value.(type) {
		case *MobileVerified:
			return outcome.VerificationToken, nil
		case *SmsCodeMismatchError:
			fmt.Printf("%s (%d left)\n", outcome.Message, outcome.AttemptsRemaining)
		default:
			return "", refusal(outcome)
		}
	}
}

func register(token string) error {
	result, err := RegisterUser(service, ctx, RegisterUserInput{VerificationToken: token})
	if err != nil {
		return err
	}
	registered, isRegistered := result.Value.(*UserRegistered)
	if !isRegistered {
		return refusal(result.Value)
	}
	user := registered.User
	fmt.Printf("registered %s as %s at %s\n", user.Mobile, user.Id, user.RegisteredAt)
	return nil
}

// refusal is the sentence for a person, which every other member of a union has, whatever its type.
func refusal(outcome interface{}) error {
	fields, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	var refused UserError
	if err := json.Unmarshal(fields, &refused); err != nil {
		return err
	}
	return errors.New(refused.Message)
}

func ask(question string) (string, error) {
	fmt.Println(question)
	if !input.Scan() {
		return "", errors.New("no answer")
	}
	return input.Text(), nil
}
