// Reads a QR code with the camera, where the browser can.

import { useEffect, useRef, useState } from "preact/hooks";
import { useTranslator } from "../i18n/use.ts";
import { Alert } from "./alert.tsx";

/** The Barcode Detection API, which TypeScript does not know yet. */
interface Detector {
    detect(image: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
declare const BarcodeDetector: (new (options: { formats: string[] }) => Detector) & {
    getSupportedFormats(): Promise<string[]>;
};

/** Pause between two looks, in milliseconds. */
const PAUSE = 200;

export async function canScan(): Promise<boolean> {
    if (!("BarcodeDetector" in globalThis) || !("mediaDevices" in navigator)) return false;
    try {
        return (await BarcodeDetector.getSupportedFormats()).includes("qr_code");
    } catch {
        return false;
    }
}

export function Scanner({ onText }: { onText: (text: string) => void }) {
    const t = useTranslator();
    const video = useRef<HTMLVideoElement>(null);
    const [refused, setRefused] = useState(false);
    useEffect(() => {
        let stream: MediaStream | undefined;
        let ended = false;
        const look = async (): Promise<void> => {
            stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
            const element = video.current;
            if (ended || !element) return;
            element.srcObject = stream;
            await element.play();
            const detector = new BarcodeDetector({ formats: ["qr_code"] });
            while (!ended) {
                const [found] = await detector.detect(element);
                if (found) return onText(found.rawValue);
                await new Promise((resolve) => setTimeout(resolve, PAUSE));
            }
        };
        const stop = (): void => stream?.getTracks().forEach((track) => track.stop());
        look().then(stop, () => (stop(), setRefused(true)));
        return () => {
            ended = true;
            stop();
        };
    }, []);
    if (refused) return <Alert tone="warning">{t.text("join.no-camera")}</Alert>;
    return <video class="scanner" ref={video} muted playsInline aria-label={t.text("join.camera")} />;
}
