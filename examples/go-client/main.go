// A verification in the terminal: captcha, SMS, code, registration.
// The types and the functions that call the service are generated; see README.md.
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
	if err := run(os.Args[2]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func run(mobile string) error {
	deliveryID, err := requestCode(mobile)
	if err != nil {
		return err
	}
	token, err := verifyMobile(mobile, deliveryID)
	if err != nil {
		return err
	}
	return register(token)
}

// requestCode requests an SMS and returns the id of its delivery. It asks for another captcha after each wrong answer.
func requestCode(mobile string) (string, error) {
	for {
		captcha, err := newCaptcha()
		if err != nil {
			return "", err
		}
		answer, err := ask("Saved captcha " + captcha.Id + " to captcha.png. Enter its characters:")
		if err != nil {
			return "", err
		}
		result, err := RequestSmsCode(service, ctx, RequestSmsCodeInput{
			Mobile:        mobile,
			CaptchaId:     captcha.Id,
			CaptchaAnswer: answer,
			Purpose:       SmsCodePurposeRegister, // the generator ignores the default of the schema
		})
		if err != nil {
			return "", err
		}
		switch outcome := result.Value.(type) {
		case *SmsCodeSent:
			fmt.Printf("sent %d digits to %s\n", outcome.CodeLength, outcome.Mobile)
			return outcome.DeliveryId, nil
		case *CaptchaMismatchError:
			fmt.Println(outcome.Message)
		case *TooManyRequestsError:
			return "", fmt.Errorf("%s (%s, %d s)", outcome.Message, outcome.Scope, outcome.RetryAfterSeconds)
		default:
			return "", userError(outcome)
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
		return nil, userError(result.Value)
	}
	image, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(captcha.Image, "data:image/png;base64,"))
	if err != nil {
		return nil, err
	}
	return captcha, os.WriteFile("captcha.png", image, 0o600)
}

// verifyMobile exchanges the code for a token. It asks for another code after each wrong one.
func verifyMobile(mobile, deliveryID string) (string, error) {
	for {
		code, err := ask("Enter the code, or nothing to see what became of the SMS:")
		if err != nil {
			return "", err
		}
		if code == "" {
			if err := printDelivery(deliveryID); err != nil {
				return "", err
			}
			continue
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
			return "", userError(outcome)
		}
	}
}

func printDelivery(id string) error {
	result, err := FindSmsDelivery(service, ctx, id)
	if err != nil {
		return err
	}
	delivery, isDelivery := result.Value.(*SmsDelivery)
	if !isDelivery {
		return userError(result.Value)
	}
	fmt.Println(delivery.Status)
	return nil
}

func register(token string) error {
	result, err := RegisterUser(service, ctx, RegisterUserInput{VerificationToken: token})
	if err != nil {
		return err
	}
	registered, isRegistered := result.Value.(*UserRegistered)
	if !isRegistered {
		return userError(result.Value)
	}
	user := registered.User
	fmt.Printf("registered %s as %s at %s\n", user.Mobile, user.Id, user.RegisteredAt)
	return nil
}

// userError returns the message of an error. Every error of the schema implements UserError.
func userError(outcome interface{}) error {
	fields, err := json.Marshal(outcome)
	if err != nil {
		return err
	}
	var failure UserError
	if err := json.Unmarshal(fields, &failure); err != nil {
		return err
	}
	return errors.New(failure.Message)
}

func ask(question string) (string, error) {
	fmt.Println(question)
	if !input.Scan() {
		return "", errors.New("no input")
	}
	return input.Text(), nil
}
