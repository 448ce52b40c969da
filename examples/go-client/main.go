// A verification in the terminal: captcha, SMS, code, registration.
// The types and the functions that call the service are generated; see README.md.
package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
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
		id := captcha.Id
		if answer == "" { // The image cannot be read.
			if id, answer, err = solveProofOfWork(); err != nil {
				return "", err
			}
		}
		result, err := RequestSmsCode(service, ctx, RequestSmsCodeInput{
			Mobile:        mobile,
			CaptchaId:     id,
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

// solveProofOfWork solves a captcha that needs no person. It returns its id and its answer.
func solveProofOfWork() (string, string, error) {
	fmt.Println("Solving a proof of work instead.")
	result, err := NewProofOfWork(service, ctx)
	if err != nil {
		return "", "", err
	}
	task, isTask := result.Value.(*ProofOfWorkCaptcha)
	if !isTask {
		return "", "", userError(result.Value)
	}
	salt, err := base64.RawURLEncoding.DecodeString(task.Salt)
	if err != nil {
		return "", "", err
	}
	for counter := 0; counter <= int(task.LargestCounter); counter++ {
		salted := binary.BigEndian.AppendUint32(append([]byte{}, salt...), uint32(counter))
		key := hex.EncodeToString(pbkdf2(task.Id, salted, int(task.Iterations))[:24])
		if strings.HasPrefix(key, task.Prefix) {
			return task.Id, strings.TrimPrefix(key, task.Prefix), nil
		}
	}
	return "", "", errors.New("no counter fits")
}

// pbkdf2 is the first block of PBKDF2-HMAC-SHA-256 (RFC 8018, section 5.2): 32 bytes. Go 1.24 has it in crypto/pbkdf2.
func pbkdf2(password string, salt []byte, iterations int) []byte {
	mac := hmac.New(sha256.New, []byte(password))
	mac.Write(append(salt, 0, 0, 0, 1))
	block := mac.Sum(nil)
	key := append([]byte{}, block...)
	for i := 1; i < iterations; i++ {
		mac.Reset()
		mac.Write(block)
		block = mac.Sum(block[:0])
		for j := range key {
			key[j] ^= block[j]
		}
	}
	return key
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
